namespace MarketCache.Module.Tests;

/// <summary>The main job as users do it: cold, warm, and from disk in a new process.</summary>
public sealed class MainJobTests : IDisposable
{
    private const string Ask = "Get-MarketData AAPL, MSFT -Provider Sample -Start 2020-01-01 -End 2020-12-31 -AsSeries -WarningAction Ignore | ForEach-Object { '{0} {1} {2} {3} {4}' -f $_.Ticker, $_.Count, $_.Status.RowsFromMemory, $_.Status.RowsFromDisk, $_.Status.ProviderCalls }";

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Answers_come_from_the_provider_then_from_memory_then_in_a_new_process_from_disk()
    {
        var first = await _shell.RunAsync($"{Ask}; {Ask}");
        var second = await _shell.RunAsync(Ask);

        Assert.Equal(["AAPL 253 0 0 1", "MSFT 253 0 0 1", "AAPL 253 253 0 0", "MSFT 253 253 0 0"], first.Lines);
        Assert.Equal(["AAPL 253 0 253 0", "MSFT 253 0 253 0"], second.Lines);
    }

    [Fact]
    public async Task The_quick_start_runs_and_shows_rows_and_figures()
    {
        var result = await _shell.RunFileAsync("examples/quick-start.ps1");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Cold:", result.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Warm:", result.Lines[1], StringComparison.Ordinal);
        Assert.Contains("Ticker   Date", result.Output, StringComparison.Ordinal);
        Assert.Contains("cached answers are", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_wrong_with_one_ticker_leaves_the_others_answered_in_order()
    {
        var result = await _shell.RunAsync("""
            Register-MarketDataProvider Picky {
                param($Request)
                if ($Request.Ticker -eq 'B') { throw [MarketCache.ProviderException]::new('NotFound', 'There is no B.') }
                @{ Date = [datetime] '2024-01-03'; Value = 1 }
            }
            Get-MarketData A, B, C -Provider Picky -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 -ErrorAction SilentlyContinue -ErrorVariable wrong | ForEach-Object Ticker
            $wrong.Count
            $wrong[0].FullyQualifiedErrorId
            $wrong[0].CategoryInfo.Category
            $wrong[0].TargetObject
            """);

        Assert.Equal(["A", "C", "1", "ProviderNotFound,MarketCache.PowerShell.Commands.GetMarketDataCommand", "ObjectNotFound", "B"], result.Lines);
    }

    [Theory]
    [InlineData("Get-MarketData AAPL -DataType NOPE", "UnknownDataType", "InvalidArgument")]
    [InlineData("Get-MarketData AAPL -Provider Nope", "UnknownProvider", "InvalidArgument")]
    [InlineData("Get-MarketData AAPL -Provider Sample -Frequency hourlyish", "UnknownFrequency", "InvalidArgument")]
    [InlineData("Get-MarketData -Provider Sample", "TickerRequired", "InvalidArgument")]
    [InlineData("Get-MarketData AAPL -Provider Sample -Start 2024-02-01 -End 2024-01-01", "InvalidRange", "InvalidArgument")]
    [InlineData("Get-MarketData AAPL -Provider Sample -Start 2999-02-01", "InvalidRange", "InvalidArgument")]
    [InlineData("Get-MarketSession XXXX", "UnknownCalendar", "InvalidArgument")]
    [InlineData("Unregister-MarketDataProvider Nope", "UnknownProvider", "ObjectNotFound")]
    public async Task A_wrong_request_is_one_error_with_a_stable_id_and_category(string command, string id, string category)
    {
        var result = await _shell.RunAsync($"{command} -ErrorAction SilentlyContinue -ErrorVariable wrong; $wrong.Count; $wrong[0].FullyQualifiedErrorId.Split(',')[0]; $wrong[0].CategoryInfo.Category");

        Assert.Equal(["1", id, category], result.Lines);
    }

    [Fact]
    public async Task Cleared_series_are_fetched_anew_and_WhatIf_clears_nothing()
    {
        var result = await _shell.RunAsync($$"""
            function Ask { (Get-MarketData AAPL -Provider Sample -Start 2020-01-01 -End 2020-12-31 -AsSeries -WarningAction Ignore).Status.ProviderCalls }
            Ask
            Clear-MarketCache AAPL -WhatIf 6> $null
            Ask
            (Clear-MarketCache AAPL -PassThru).SeriesRemoved -gt 0
            Ask
            Get-MarketCacheEntry AAPL -DataType OHLCV | ForEach-Object { '{0} {1} {2}' -f $_.Ticker, $_.Rows, $_.IsFinal }
            Get-MarketCacheEntry | Clear-MarketCache
            @(Get-MarketCacheEntry).Count
            """);

        Assert.Equal(["1", "0", "True", "1", "AAPL 253 True", "0"], result.Lines.Where(l => !l.StartsWith("What if", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_whole_cache_passes_its_check_and_a_damaged_one_does_not()
    {
        await _shell.RunAsync(Ask);
        var victim = Directory.EnumerateFiles(Path.Combine(_shell.Folder, "cache"), "*", SearchOption.AllDirectories)
            .First(f => f.Contains($"{Path.DirectorySeparatorChar}objects{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var whole = await _shell.RunAsync("Test-MarketCache -Quiet");
        var bytes = await File.ReadAllBytesAsync(victim);
        bytes[^1] ^= 1;
        File.SetAttributes(victim, FileAttributes.Normal);
        await File.WriteAllBytesAsync(victim, bytes);

        var damaged = await _shell.RunAsync("Test-MarketCache -Quiet; (Test-MarketCache -Repair).Repaired -gt 0; Test-MarketCache -Quiet");

        Assert.Equal(["True"], whole.Lines);
        Assert.Equal(["False", "True", "True"], damaged.Lines);
    }

    [Fact]
    public async Task Changing_an_emitted_object_does_not_change_the_next_answer()
    {
        var result = await _shell.RunAsync("""
            $ask = @{ Ticker = 'AAPL'; Provider = 'Sample'; Start = '2020-01-02'; End = '2020-01-03'; WarningAction = 'Ignore' }
            $first = Get-MarketData @ask
            try { $first[0].Close = 0 } catch { 'refused' }
            $series = Get-MarketData @ask -AsSeries
            try { $series.Rows.Columns[0] = $series.Rows.Columns[1] } catch { 'refused' }
            $series.Status.Provider = 'changed'
            $series.Request.Ticker = 'changed'
            $second = Get-MarketData @ask
            $again = Get-MarketData @ask -AsSeries
            $second[0] -eq $first[0]
            $again.Status.Provider, $again.Request.Ticker, $again.Rows.Columns[0].Name -join ' '
            """);

        Assert.Equal(["refused", "refused", "True", "Sample AAPL Date"], result.Lines);
    }
}
