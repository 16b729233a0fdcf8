using System.Diagnostics;

namespace MarketCache.Benchmarks.Figures;

/// <summary>
/// Times short pieces of work, warm and repeated. The value is the tenth percentile of many short batches: what the work takes
/// when nothing else has the processor, on a machine that others use too.
/// </summary>
internal static class Timing
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Measured = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(0.5);

    /// <summary>The microseconds of one run.</summary>
    public static double Microseconds(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var runs = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < WarmUp)
        {
            work();
            runs++;
        }

        var perBatch = Math.Max(1, (int)(runs * (Batch / WarmUp)));
        var batches = new List<double>();
        clock.Restart();
        while (clock.Elapsed < Measured || batches.Count < 10)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < perBatch; i++)
            {
                work();
            }

            batches.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / perBatch);
        }

        batches.Sort();
        return batches[batches.Count / 10];
    }
}
