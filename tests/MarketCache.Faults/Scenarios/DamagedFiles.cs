using System.Globalization;
using MarketCache.Engine.Storage;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// While processes write and read, files are flipped, cut, emptied, swapped, replaced by others, by folders and by links. Every
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

        CacheStore store = CacheStore.Open(new CacheStoreOptions { Directory = folder, MaxBytes = MaxBytes }, TimeProvider.System);
        store.Verify(repair: true);
        context.Check(store.Verify(repair: false) is { IsHealthy: true }, () => "a mended store is not whole");
        foreach (ManifestInfo info in store.Enumerate())
        {
            (_, string? wrong) = Truth.Check(store, info.Manifest.Key);
            context.Check(wrong is null || info.Manifest.Blocks.Count < Truth.Blocks(info.Manifest.Key), () => wrong!);
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
            switch (random.Next(9))
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
                case 4:
                    File.Delete(path);
                    Directory.CreateDirectory(Path.Combine(path, "below"));
                    what = "made a folder";
                    break;
                case 5 when !OperatingSystem.IsWindows():
                    File.Delete(path);
                    File.CreateSymbolicLink(path, Path.Combine(Path.GetTempPath(), "nowhere"));
                    what = "made a link";
                    break;
                case 6:
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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            // It was replaced or removed in between.
        }
    }

    /// <summary>Some file: mostly an object or a manifest, at times the ledger or the format marker.</summary>
    private static string? Pick(Random random, string folder)
    {
        if (random.Next(40) == 0)
        {
            return Path.Combine(folder, random.Next(2) == 0 ? "format" : Path.Combine("stats", "usage"));
        }

        string below = Path.Combine(folder, random.Next(2) == 0 ? "objects" : "series");
        string[] shards = Directory.Exists(below) ? Directory.GetDirectories(below) : [];
        if (shards.Length == 0)
        {
            return null;
        }

        string[] files = Directory.GetFiles(shards[random.Next(shards.Length)]);
        return files.Length == 0 ? null : files[random.Next(files.Length)];
    }
}
