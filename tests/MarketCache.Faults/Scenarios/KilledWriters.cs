using System.Collections.Concurrent;
using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// Writers are killed at random moments and start again. What a writer was told is stored must be read from then on, in that
/// version or a later one, byte for byte; the account must be what is really there.
/// </summary>
internal sealed class KilledWriters : Scenario
{
    private const int Writers = 4;
    private const int Keys = 25;
    private const long MaxBytes = 1L << 30;

    public override string Name => "killed-writers";

    public override string Promise => "kill -9 leaves the previous or the new state";

    public override double Weight => 2;

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        ConcurrentDictionary<string, long> stored = new(StringComparer.Ordinal);
        long[] versions = new long[Writers];
        Child?[] children = new Child?[Writers];
        using FolderTier tier = new(new FolderTierOptions { Directory = folder, MaxBytes = MaxBytes }, TimeProvider.System);
        try
        {
            double nextKill = 1;
            while (context.GoesOn)
            {
                for (int i = 0; i < Writers; i++)
                {
                    int writer = i;
                    children[i] ??= Child.Start(
                        line => Heard(context, stored, versions, writer, line),
                        "write",
                        folder,
                        MaxBytes.ToString(CultureInfo.InvariantCulture),
                        context.Random.Next().ToString(CultureInfo.InvariantCulture),
                        $"w{i}",
                        Keys.ToString(CultureInfo.InvariantCulture),
                        (Volatile.Read(ref versions[i]) + 1000).ToString(CultureInfo.InvariantCulture));
                }

                for (int i = 0; i < 50; i++)
                {
                    CheckOne(context, tier, stored, $"w{context.Random.Next(Writers)}-{context.Random.Next(Keys)}");
                }

                if (context.Elapsed.TotalSeconds > nextKill)
                {
                    int victim = context.Random.Next(Writers);
                    children[victim]!.ReportExit(context);
                    children[victim]!.Kill();
                    children[victim]!.Dispose();
                    children[victim] = null;
                    context.Count("kills");
                    nextKill = context.Elapsed.TotalSeconds + 0.05 + (context.Random.NextDouble() * 0.4);
                }
            }

            foreach (Child? child in children)
            {
                child?.ReportExit(context);
                child?.Kill();
            }
        }
        finally
        {
            Array.ForEach(children, static child => child?.Dispose());
        }

        foreach (string key in stored.Keys)
        {
            CheckOne(context, tier, stored, key);
        }

        // The next write clears up after the last dead writer; then the account must be right to the byte.
        context.Check(Truth.Write(tier, "after", 1) == FeedWriteResult.Replaced, () => "a write after all others was left out");
        context.Check(Directory.GetFiles(Path.Combine(folder, "tmp")).Length == 0, () => "temporary files of dead writers were left");
        VerificationReport report = Truth.Await(tier.VerifyAsync(repair: false, null, default));
        context.Check(report.IsHealthy, () => $"the folder is not whole: {string.Join("; ", report.Problems.Take(3))}");
        FolderUsage kept = tier.Usage;
        Truth.Await(tier.VerifyAsync(repair: true, null, default));
        FolderUsage counted = tier.Usage;
        context.Check(
            (kept.Feeds, kept.Objects) == (counted.Feeds, counted.Objects) && Math.Abs(kept.AllocatedBytes - counted.AllocatedBytes) <= 64 << 10,
            () => $"the ledger says {kept}, the folder {counted}");
        context.Count("feeds stored", stored.Count);
    }

    private static void Heard(ScenarioContext context, ConcurrentDictionary<string, long> stored, long[] versions, int writer, string line)
    {
        if (line.StartsWith('!'))
        {
            context.Count("writes left out");
            return;
        }

        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && long.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out long version))
        {
            stored[line[..space]] = version;
            Volatile.Write(ref versions[writer], version);
            context.Count("writes");
        }
    }

    private static void CheckOne(ScenarioContext context, FolderTier tier, ConcurrentDictionary<string, long> stored, string key)
    {
        long least = stored.GetValueOrDefault(key, -1);
        long version = -1;
        string? wrong = null;

        // A replaced object is a miss for whoever read the feed before; a new state is there then.
        for (int attempt = 0; attempt < 50 && version < 0 && wrong is null; attempt++)
        {
            (version, wrong) = Truth.Check(tier, key);
            if (least < 0)
            {
                break;
            }
        }

        context.Check(wrong is null, () => wrong!);
        context.Check(version >= least, () => $"'{key}' was stored in version {least} and is read as {version}");
    }
}
