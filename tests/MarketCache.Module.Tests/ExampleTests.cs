namespace MarketCache.Module.Tests;

public sealed class ExampleTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Every_example_is_run_by_a_test()
    {
        var tested = new[] { "quick-start.ps1", "refresh-watchlist.ps1", "own-provider.ps1", "move-offline.ps1", "backtest.ps1" };

        Assert.Equal(tested.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Path.Combine(Checkout.Root, "examples"), "*.ps1").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_watch_list_is_refreshed_with_the_failures_as_exit_code()
    {
        var list = Path.Combine(_shell.Folder, "list.txt");
        await File.WriteAllTextAsync(list, "AAPL\nNO/SUCH\n");

        var good = await _shell.RunFileAsync("examples/refresh-watchlist.ps1");
        var bad = await _shell.RunFileAsync("examples/refresh-watchlist.ps1", "-Path", list);

        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("6 series: 6 updated, 0 fresh, 0 failed", good.Lines[0], StringComparison.Ordinal);
        Assert.Equal(2, bad.ExitCode);
    }

    [Fact]
    public async Task A_provider_of_ones_own_is_asked_once()
    {
        var result = await _shell.RunFileAsync("examples/own-provider.ps1");

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(2, result.Lines.Count(l => l == "1 provider call"));
    }

    [Fact]
    public async Task The_cache_moves_to_a_machine_without_internet()
    {
        var result = await _shell.RunFileAsync("examples/move-offline.ps1");

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(3, result.Lines.Count);
        Assert.EndsWith("rows offline, 0 provider calls", result.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_back_test_reads_many_tickers()
    {
        var result = await _shell.RunFileAsync("examples/backtest.ps1", "-Count", "40", "-Last", "6mo");

        Assert.Equal(string.Empty, result.Errors);
        Assert.StartsWith("40 tickers, mean return", result.Lines[0], StringComparison.Ordinal);
    }
}
