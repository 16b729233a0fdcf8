using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Benchmarks.Peers;

/// <summary>Runs pieces of work in turns, so that a busy machine slows all of them alike, and states each beside the first.</summary>
internal static class Race
{
    private const int WarmUps = 100;

    /// <summary>Measures and writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="title">What is compared.</param>
    /// <param name="rounds">How often each is run.</param>
    /// <param name="runners">The work: ours first.</param>
    public static void Run(TextWriter output, string title, int rounds, params (string Name, Action Work)[] runners)
    {
        var times = runners.Select(_ => new List<double>(rounds)).ToArray();

        // Optimised code is made in the background, in steps, of what has been called often enough and after a rest.
        for (var rest = 0; rest < 4; rest++)
        {
            foreach (var (_, work) in runners)
            {
                for (var i = 0; i < Math.Min(WarmUps, rounds); i++)
                {
                    work();
                }
            }

            Thread.Sleep(120);
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < runners.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                runners[i].Work();
                times[i].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{title}\n  {"",-46}{"least",10}{"10 %",10}{"median µs",12}{"ratio",8}"));
        foreach (var list in times)
        {
            list.Sort();
        }

        for (var i = 0; i < runners.Length; i++)
        {
            var (least, tenth, median) = (times[i][0], times[i][times[i].Count / 10], times[i][times[i].Count / 2]);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {runners[i].Name,-46}{least,10:F1}{tenth,10:F1}{median,12:F1}{tenth / times[0][times[0].Count / 10],8:F2}"));
        }
    }
}
