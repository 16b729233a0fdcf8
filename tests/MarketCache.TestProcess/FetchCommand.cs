using System.Globalization;
using MarketCache.Engine;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;

namespace MarketCache.TestProcess;

/// <summary>
/// Asks the whole engine, cold, for tickers of a chart service, within a budget that it shares with other processes through the cache
/// folder. Says <c>ready</c>, waits for a line, asks, and prints how many tickers were answered and how many refused.
/// </summary>
internal static class FetchCommand
{
    public static async Task<int> RunAsync(string cacheDirectory, string address, string perHour, IReadOnlyList<string> tickers)
    {
        var day = new DateOnly(2025, 1, 2);
        var options = MarketCacheOptions.Default with
        {
            Disk = new DiskOptions { CacheDir = cacheDirectory },
            Providers = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase)
            {
                ["Yahoo"] = new()
                {
                    Name = "Yahoo",
                    Type = "Yahoo",
                    Settings = new Dictionary<string, object>
                    {
                        ["base_address"] = address,
                        ["budget"] = new Dictionary<string, object> { ["per_hour"] = perHour },
                        ["max_wait_seconds"] = "0",
                    },
                },
            },
        };
        await using var cache = MarketDataCache.Open(options);
        Console.WriteLine("ready");
        Console.ReadLine();
        var answers = await Task.WhenAll(tickers.Select(async ticker =>
        {
            try
            {
                return (await cache.GetAsync(new DataRequest { DataType = "OHLCV", Ticker = ticker, Start = day, End = day })).Rows.RowCount;
            }
            catch (ProviderException e) when (e.Kind == ProviderErrorKind.RateLimited && e.RetryAfter > TimeSpan.Zero)
            {
                return 0;
            }
        }));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answers.Count(rows => rows == 1)} {answers.Count(rows => rows == 0)}"));
        return 0;
    }
}
