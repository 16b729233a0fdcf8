using System.Globalization;
using MarketCache.Engine.Tests.Reporting;

namespace MarketCache.Module.Tests;

public sealed class ShowMarketCacheTests : IDisposable
{
    private const string Ask = "$null = Get-MarketData AAPL, MSFT -Provider Sample -Start 2020-01-01 -End 2020-12-31 -WarningAction Ignore";

    private readonly IsolatedShell _shell = new();

    private string Report => Path.Combine(_shell.Folder, "report.html");

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task The_page_is_whole_self_contained_and_says_what_Get_CacheStats_says()
    {
        var result = await _shell.RunAsync($$"""
            {{Ask}}
            {{Ask}}
            Show-MarketCache -Path '{{Report}}' -Since 7d
            Get-CacheStats -Since 7d | ForEach-Object { $_.Hits; $_.Requests; $_.CallsAvoided; $_.ProviderCalls }
            """);

        Assert.Equal(string.Empty, result.Errors);
        var page = Page.Parse(await File.ReadAllTextAsync(Report));
        var (hits, requests, avoided, calls) = (result.Lines[0], result.Lines[1], result.Lines[2], result.Lines[3]);
        Assert.Equal(4, result.Lines.Count);
        Assert.Equal(avoided, page.Tile("Calls saved"));
        Assert.Contains($"{hits} of {requests} requests needed no provider call", page.Text, StringComparison.Ordinal);
        Assert.Contains($"{calls} were made", page.Text, StringComparison.Ordinal);
        Assert.Equal(
            (100 * double.Parse(hits, CultureInfo.InvariantCulture) / double.Parse(requests, CultureInfo.InvariantCulture)).ToString("0.0", CultureInfo.InvariantCulture) + " %",
            page.Tile("Hit ratio"));
        Assert.Equal(["AAPL", "MSFT"], page.Root.Descendants("article").Select(a => a.Element("h3")!.Value).Order(StringComparer.Ordinal));
        Assert.Contains("253 sessions final, 0 provisional, no gap", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticker_is_never_markup()
    {
        var result = await _shell.RunAsync($$"""
            Register-MarketDataProvider '<script>alert(1)</script>' { @{ Date = [datetime] '2024-01-03'; Value = 1 } }
            foreach ($ticker in '<SCRIPT>ALERT(1)</SCRIPT>', '"><IMG SRC=X>', "A'B&C", 'BRK/B', '^GSPC', '..', '😀') {
                $null = Get-MarketData $ticker -Provider '<script>alert(1)</script>' -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 -ErrorAction Ignore
            }
            Show-MarketCache -Path '{{Report}}'
            @(Get-MarketCacheEntry).Count
            """);

        var page = Page.Parse(await File.ReadAllTextAsync(Report));
        Assert.Equal(int.Parse(result.Lines[^1], CultureInfo.InvariantCulture), page.Root.Descendants("article").Count());
        Assert.Contains("^GSPC", page.Root.Descendants("bdi").Select(b => b.Value));
    }
}
