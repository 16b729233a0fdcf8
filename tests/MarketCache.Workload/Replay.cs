using System.Diagnostics;
using MarketCache.Engine;
using MarketCache.Engine.Calendars;
using MarketCache.Engine.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Workload;

/// <summary>Replays a trace through the real engine.</summary>
public static class Replay
{
    /// <summary>Replays a trace.</summary>
    /// <param name="trace">The requests in order of time.</param>
    /// <param name="useDisk">Whether the disk tier is on.</param>
    /// <param name="cacheDirectory">The cache folder; null for a temporary one that is removed.</param>
    public static async Task<ReplayReport> RunAsync(IReadOnlyList<TracedRequest> trace, bool useDisk, string? cacheDirectory)
    {
        var folder = cacheDirectory ?? Directory.CreateTempSubdirectory("marketcache-workload-").FullName;
        var calendar = new CalendarCatalog().Get("XNYS");
        var provider = new ReplayProvider(calendar.Sessions);
        var clock = new FakeTimeProvider(trace.Count == 0 ? DateTimeOffset.UnixEpoch : trace[0].At);
        var checker = new RowChecker(calendar.Sessions);
        var exact = new ExactKeyCache(calendar);
        var options = MarketCacheOptions.Default with
        {
            Memory = new MemoryOptions { MaxSize = 10_000, MaxSizeMb = 1024 },
            Disk = new DiskOptions { Enabled = useDisk, CacheDir = folder },
        };
        long rows = 0, fetched = 0;
        int full = 0, partial = 0;
        var watch = Stopwatch.StartNew();
        try
        {
            await using var cache = MarketDataCache.Open(options, clock, [provider]);
            foreach (var request in trace)
            {
                if (request.At > clock.GetUtcNow().UtcDateTime)
                {
                    clock.SetUtcNow(request.At);
                }

                exact.Ask(request);
                var calls = provider.Calls;
                var answer = await cache.GetAsync(new DataRequest
                {
                    DataType = request.DataType,
                    Ticker = request.Ticker,
                    Start = request.Start,
                    End = request.End,
                    Provider = "Replay",
                });
                var expected = checker.Check(request, answer);
                var delivered = request.DataType == "DIVIDEND" && answer.Status.ProviderCalls > 0
                    ? expected * answer.Status.RowsFromProvider / Math.Max(1, answer.Rows.RowCount)
                    : answer.Status.RowsFromProvider;
                rows += expected;
                fetched += delivered;
                full += provider.Calls == calls ? 1 : 0;
                partial += provider.Calls > calls && delivered < expected ? 1 : 0;
            }
        }
        finally
        {
            if (cacheDirectory is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return new ReplayReport
        {
            Requests = trace.Count,
            Calls = provider.Calls,
            FullHit = Ratio(full, trace.Count),
            PartialHit = Ratio(partial, trace.Count),
            RowHit = 1 - Ratio(fetched, rows),
            WrongRows = checker.Wrong,
            Rows = rows,
            CallsPerRequest = Ratio(provider.Calls, trace.Count),
            ExactKeyCalls = exact.Calls,
            Seconds = Math.Round(watch.Elapsed.TotalSeconds, 2),
            Examples = checker.Examples,
        };
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : Math.Round(part / whole, 5);
}
