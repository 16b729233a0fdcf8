using System.Diagnostics;

namespace MarketCache.Benchmarks.Figures;

/// <summary>
/// Times short pieces of work, warm and repeated. The value is the tenth percentile of many short batches: what the work takes
/// when nothing else has the processor, on a machine that others use too.
/// </summary>
internal static class Timing
{
    private const int WarmUps = 6;
    private const int Measurements = 3;
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(0.3);

    /// <summary>The microseconds of one run.</summary>
    /// <param name="work">The work.</param>
    public static double Microseconds(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);

        // Optimised code is made in the background, in steps, of what has been called often enough and after a rest.
        for (var i = 0; i < WarmUps; i++)
        {
            Repeat(work, 1, TimeSpan.FromMilliseconds(50));
            Thread.Sleep(120);
        }

        return Enumerable.Range(0, Measurements).Min(_ => Measure(work));
    }

    private static double Measure(Action work)
    {
        var runs = Repeat(work, 1, TimeSpan.FromMilliseconds(50));
        runs.Sort();
        var perBatch = (int)Math.Clamp(Batch.TotalMicroseconds / runs[runs.Count / 4], 1, 1_000_000);
        var batches = Repeat(work, perBatch, TimeSpan.FromMilliseconds(150));
        batches.Sort();
        return batches[batches.Count / 10];
    }

    // By processor time, so that a busy machine gets as many runs; but not for ever.
    private static List<double> Repeat(Action work, int perBatch, TimeSpan processorTime)
    {
        var batches = new List<double>(4096);
        using var process = Process.GetCurrentProcess();
        var wall = Stopwatch.StartNew();
        var started = process.TotalProcessorTime;
        do
        {
            for (var b = 0; b < 20; b++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < perBatch; i++)
                {
                    work();
                }

                batches.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / perBatch);
            }

            process.Refresh();
        }
        while (process.TotalProcessorTime - started < processorTime && wall.Elapsed < 6 * processorTime);

        return batches;
    }
}
