namespace MarketCache.Module.Tests;

public sealed class EntryTests : IDisposable
{
    // Two frequencies and two sets of parameters of one ticker, and a neighbour.
    private const string Fill = """
        Register-MarketDataProvider Two -Local {
            param($Request)
            for ($day = $Request.Start; $day -le $Request.End; $day = $day.AddDays(1)) { @{ Date = $day; Value = 1 } }
        }
        $days = @{ Provider = 'Two'; DataType = 'VOLUME'; Start = '2024-01-01'; End = '2024-02-29' }
        $null = Get-MarketData A, B @days
        $null = Get-MarketData A @days -Parameter @{ venue = 'x' }
        $null = Get-MarketData A @days -Frequency weekly

        """;

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Entries_that_are_piped_in_are_cleared_and_no_others()
    {
        var result = await _shell.RunAsync(Fill + """
            $all = @(Get-MarketCacheEntry -Provider Two)
            $all.Count
            $one = $all | Where-Object Key -like '*venue*'
            ($one | Clear-MarketCache -PassThru).SeriesRemoved
            @(Get-MarketCacheEntry -Provider Two).Count
            @(Get-MarketCacheEntry -Key $one.Key).Count
            (Get-MarketData A @days -Offline -AsSeries).Count -gt 0
            $all | Where-Object Ticker -eq 'A' | Clear-MarketCache -Tier Memory
            (Get-MarketData A @days -Offline -AsSeries).Status.RowsFromDisk -gt 0
            (Get-MarketData B @days -Offline -AsSeries).Status.RowsFromDisk
            $all | Clear-MarketCache -WhatIf 6> $null
            ($all | Clear-MarketCache -PassThru).SeriesRemoved
            @(Get-MarketCacheEntry).Count
            """);

        Assert.Equal(string.Empty, result.Errors);
        var lines = result.Lines.Where(line => !line.StartsWith("What if", StringComparison.Ordinal)).ToList();
        var count = int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(count >= 3, $"{count} series");
        Assert.Equal(["1", $"{count - 1}", "0", "True", "True", "0", $"{count - 1}", "0"], lines.Skip(1));
    }

    [Fact]
    public async Task What_the_command_line_says_holds_for_entries_that_are_piped_in()
    {
        var result = await _shell.RunAsync(Fill + """
            (Get-MarketCacheEntry -Provider Two | Clear-MarketCache -Ticker B -PassThru).SeriesRemoved
            @(Get-MarketCacheEntry B).Count
            @(Get-MarketCacheEntry A).Count -ge 2
            """);

        Assert.Equal(["1", "0", "True"], result.Lines);
    }

    [Fact]
    public async Task What_was_asked_for_lately_is_refreshed_with_the_parameters_it_was_asked_with()
    {
        var result = await _shell.RunAsync(Fill + """
            (Get-MarketCacheEntry A -Provider Two | Where-Object { $_.Parameters.Count }).Parameters['venue']
            $before = @(Get-MarketCacheEntry).Count
            $update = Update-MarketCache -RecentDays 7 -PassThru
            ($update.Series - $before), $update.Failed, (@(Get-MarketCacheEntry).Count - $before) -join ' '
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["x", "0 0 0"], result.Lines);
    }

    [Fact]
    public async Task Entries_that_are_piped_in_go_into_one_file()
    {
        var file = Path.Combine(_shell.Folder, "two.zip");
        var result = await _shell.RunAsync(Fill + $$"""
            $all = @(Get-MarketCacheEntry -Provider Two)
            ($all | Export-MarketCache -Path '{{file}}').Series -eq $all.Count
            ('A', 'B' | Export-MarketCache -Path '{{file}}').Series -eq $all.Count
            ($all | Where-Object Ticker -eq 'B' | Export-MarketCache -Path '{{file}}').Series
            """);

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(["True", "True", "1"], result.Lines);
    }
}
