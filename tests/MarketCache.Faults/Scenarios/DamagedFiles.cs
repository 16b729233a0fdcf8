using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// While processes write and read, files are flipped, cut, emptied, swapped, replaced by others, by folders, links, pipes, sockets, devices
/// and giants, given to another user and opened to all. Every
/// answer is the truth or a miss, and nobody is told an exception.
/// </summary>
internal sealed class DamagedFiles : Scenario
{
    private const int Keys = 40;
    private const long MaxBytes = 1L << 30;

    public override string Name => "damaged-files";

    public override string Promise => "damage is a miss, never a wrong row, never an exception";

    public override double Weight => 2;

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        string max = MaxBytes.ToString(CultureInfo.InvariantCulture);
        List<Child> children = [];
        try
        {
            for (int i = 0; i < 2; i++)
            {
                children.Add(Child.Start(
                    line => context.Count(line.StartsWith('!') ? "writes left out" : "writes"),
                    "write", folder, max, context.Random.Next().ToString(CultureInfo.InvariantCulture), $"w{i}", $"{Keys}", "1"));
                children.Add(Child.Start(
                    line => Heard(context, line),
                    "read", folder, max, context.Random.Next().ToString(CultureInfo.InvariantCulture), "w0,w1", $"{Keys}"));
            }

            while (context.GoesOn)
            {
                Thread.Sleep(2);
                Damage(context, folder);
            }

            children.ForEach(child => child.End(context));
        }
        finally
        {
            children.ForEach(static child => child.Dispose());
        }

        using FolderTier tier = new(new FolderTierOptions { Directory = folder, MaxBytes = MaxBytes }, TimeProvider.System);
        Truth.Await(tier.VerifyAsync(repair: true, null, default));
        VerificationReport report = Truth.Await(tier.VerifyAsync(repair: false, null, default));
        context.Check(report.IsHealthy, () => $"a mended folder is not whole: {string.Join("; ", report.Problems.Take(3))}");
        foreach (FeedListing listed in Truth.List(tier))
        {
            (long version, string? wrong) = Truth.Check(tier, listed.Feed.Key);
            context.Check(version >= 0 && wrong is null, () => wrong ?? $"'{listed.Feed.Key}' is listed and cannot be read");
        }
    }

    private static void Heard(ScenarioContext context, string line)
    {
        if (line.StartsWith("WRONG", StringComparison.Ordinal))
        {
            context.Break(line);
        }
        else if (line.Split(' ') is [var hits, var misses] && long.TryParse(hits, CultureInfo.InvariantCulture, out long hit))
        {
            context.CountChecks(hit);
            context.Count("hits", hit);
            context.Count("misses", long.Parse(misses, CultureInfo.InvariantCulture));
        }
    }

    private static void Damage(ScenarioContext context, string folder)
    {
        Random random = context.Random;
        try
        {
            string? path = Pick(random, folder);
            if (path is null)
            {
                return;
            }

            string what;
            switch (random.Next(12))
            {
                case 0:
                    File.WriteAllBytes(path, []);
                    what = "emptied";
                    break;
                case 1:
                    using (FileStream file = File.OpenWrite(path))
                    {
                        file.SetLength(random.NextInt64(file.Length + 1));
                    }

                    what = "cut";
                    break;
                case 2:
                    File.WriteAllBytes(path, new byte[random.Next(5000)]);
                    what = "foreign";
                    break;
                case 3 when Pick(random, folder) is { } other:
                    File.Copy(other, path, overwrite: true);
                    what = "swapped";
                    break;
                case 4 or 5 or 8 or 9:
                    what = Stranger.Kinds[random.Next(Stranger.Kinds.Count)];
                    Stranger.Put(what, path);
                    what = "made a stranger: " + what;
                    break;
                case 6:
                    Stranger.Remove(path + ".tmp"); // It may be a pipe by now, for which to open it is to wait.
                    File.WriteAllBytes(path + ".tmp", [1, 2, 3]);
                    what = "joined by a stranger";
                    break;
                case 7:
                    File.Delete(path);
                    what = "deleted";
                    break;
                default:
                    byte[] bytes = File.ReadAllBytes(path);
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    File.WriteAllBytes(path, bytes);
                    what = "flipped a bit";
                    break;
            }

            context.Count(what);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            // It was replaced or removed in between.
        }
    }

    /// <summary>Some plain file: mostly one of a feed, at times one of those beside them.</summary>
    private static string? Pick(Random random, string folder)
    {
        string below = random.Next(20) switch
        {
            0 => folder,
            1 => Path.Combine(folder, "stats"),
            2 => Path.Combine(folder, "tmp"),
            3 => Path.Combine(folder, "quarantine"),
            _ => Path.Combine(folder, "feeds", "0123456789abcdef"[random.Next(16)..][..1]),
        };
        FileInfo[] files = Directory.Exists(below) ? [.. new DirectoryInfo(below).EnumerateFiles().Where(static file => file is { LinkTarget: null, Length: > 0 and < 1 << 20 })] : [];
        return files.Length == 0 ? null : files[random.Next(files.Length)].FullName;
    }
}
