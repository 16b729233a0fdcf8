namespace MarketCache.Module.Tests;

public sealed class UpdateTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task A_watch_list_is_fetched_once_and_failures_are_counted()
    {
        var list = Path.Combine(_shell.Folder, "watchlist.txt");
        await File.WriteAllTextAsync(list, "AAPL, Apple\n# a comment\n\nMSFT\nBAD!\n");

        var result = await _shell.RunAsync($$"""
            $first = Update-MarketCache -Path '{{list}}' -Provider Sample -Last 1mo -PassThru -ErrorAction SilentlyContinue -WarningAction Ignore
            '{0} {1} {2} {3}' -f $first.Series, $first.Updated, $first.Fresh, $first.Failed
            $second = 'AAPL', 'MSFT' | Update-MarketCache -Provider Sample -Last 1mo -PassThru -WarningAction Ignore
            '{0} {1} {2} {3} {4}' -f $second.Series, $second.Updated, $second.Fresh, $second.Failed, $second.ProviderCalls
            $third = Update-MarketCache -RecentDays 7 -DataType OHLCV -PassThru -WarningAction Ignore
            '{0} {1}' -f $third.Series, $third.Failed
            exit $first.Failed
            """);

        Assert.Equal(["3 2 0 1", "2 0 2 0 0", "2 0"], result.Lines);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Series_of_a_provider_that_is_gone_are_left_with_one_warning()
    {
        var result = await _shell.RunAsync("""
            Register-MarketDataProvider Gone -Local { param($Request) @{ Date = $_.Start; Open = 1; High = 2; Low = 1; Close = 2; Volume = 5 } }
            Get-MarketData AAPL, MSFT -Provider Gone -Start 2024-01-03 -End 2024-01-03 | Out-Null
            Get-MarketData AAPL -Provider Sample -Last 1mo -WarningAction Ignore | Out-Null
            Unregister-MarketDataProvider Gone
            $report = Update-MarketCache -RecentDays 7 -DataType OHLCV -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
            '{0} {1}' -f $report.Series, $report.Failed
            @($warnings -match "2 cached series of the provider 'Gone' are not updated").Count
            $error.Count
            """);

        Assert.Equal(["1 0", "1", "0"], result.Lines);
    }
}
