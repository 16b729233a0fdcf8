using System.Globalization;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.TestProcess;

/// <summary>
/// Counts hits that persist. Reads lines: a number counts so many hits and writes them, printing <c>written</c>; <c>exit</c> ends
/// without disposing of anything, as scripts do.
/// </summary>
internal static class CountCommand
{
    public static int Run(string directory)
    {
        var metrics = new CacheMetrics(TimeProvider.System);
        var counters = PersistedCounters.Open(directory, TimeProvider.System, metrics);
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line and not "exit")
        {
            var hits = int.Parse(line, CultureInfo.InvariantCulture);
            for (var i = 0; i < hits; i++)
            {
                metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit });
                if (i % 10 == 0)
                {
                    counters.Flush();
                }
            }

            Console.WriteLine(counters.Flush() ? "written" : "not written");
            metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Miss });
        }

        return 0;
    }
}
