using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Faults.Walk;

/// <summary>The walk from the command line: walk after walk, each in a folder of its own, until the steps are made.</summary>
internal static class WalkProgram
{
    private const int StepsPerWalk = 400;

    /// <summary>Walks.</summary>
    /// <param name="args"><c>--steps N --minutes M --seed N --instances N --without NAME,… --folder FOLDER</c>.</param>
    /// <returns>0 if every answer was the model's.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        string? Argument(string name) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
        var steps = long.Parse(Argument("--steps") ?? "100000", CultureInfo.InvariantCulture);
        var seed = int.Parse(Argument("--seed") ?? "1", CultureInfo.InvariantCulture);
        var instances = int.Parse(Argument("--instances") ?? "0", CultureInfo.InvariantCulture);
        var without = (Argument("--without") ?? "").Split(',');
        var root = Argument("--folder") ?? Path.GetTempPath();
        var (watch, walked, requests, rows) = (Stopwatch.StartNew(), 0L, 0L, 0L);
        var limit = TimeSpan.FromMinutes(double.Parse(Argument("--minutes") ?? "1e6", CultureInfo.InvariantCulture));
        for (var walk = seed; walked < steps && watch.Elapsed < limit; walk++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "marketcache-walk-" + Guid.NewGuid().ToString("N"))).FullName;
            try
            {
                await using var run = new WalkRun(walk, ScopeOf(walk, instances, without), folder);
                var count = (int)Math.Min(StepsPerWalk, steps - walked);
                await run.WalkAsync(count);
                walked += count;
                requests += run.Requests;
                rows += run.Rows;
            }
            catch (WalkException broken)
            {
                Console.WriteLine(broken.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{walked:N0} steps, seeds from {seed}: {requests:N0} requests, {rows:N0} rows compared in {watch.Elapsed.TotalSeconds:N0} s; all as the model says."));
        return 0;
    }

    /// <summary>What the walk of a seed meets: every third has one engine, every seventh no disk.</summary>
    /// <param name="seed">The walk's seed.</param>
    /// <param name="instances">How many engines; 0 to let the seed decide.</param>
    /// <param name="without">Dimensions left out.</param>
    public static WalkScope ScopeOf(int seed, int instances, IReadOnlyCollection<string> without)
    {
        bool With(string name) => !without.Contains(name, StringComparer.OrdinalIgnoreCase);
        var disk = With("disk") && (seed % 7 != 3 || instances > 1);
        return new WalkScope
        {
            Disk = disk,
            Instances = !disk ? 1 : instances > 0 ? instances : 1 + (seed % 3),
            Types = With("types"),
            Weekly = With("weekly"),
            Clears = With("clears"),
            Actions = With("actions"),
            LateRescaling = With("late"),
            Corrections = With("corrections"),
            Voids = With("voids"),
            Currency = With("currency"),
            Failures = With("failures"),
            Archives = With("archives"),
            ClockBack = With("back"),
            SmallMemory = With("small"),
        };
    }
}
