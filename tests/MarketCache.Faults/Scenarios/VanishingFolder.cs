using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>The folder, or one of its folders, is deleted or moved away while processes use it.</summary>
internal sealed class VanishingFolder : Scenario
{
    private const long MaxBytes = 1L << 30;
    private static readonly string[] Parts = ["", "", "feeds", Path.Combine("feeds", "7"), "stats", "tmp", "locks", "quarantine"];

    public override string Name => "vanishing-folder";

    public override string Promise => "a folder deleted under its feet is a miss, and is made again";

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
                    "write", folder, max, context.Random.Next().ToString(CultureInfo.InvariantCulture), $"v{i}", "20", "1"));
                children.Add(Child.Start(
                    line =>
                    {
                        if (line.StartsWith("WRONG", StringComparison.Ordinal))
                        {
                            context.Break(line);
                        }
                        else if (line.Split(' ') is [var hits, _] && long.TryParse(hits, CultureInfo.InvariantCulture, out long hit))
                        {
                            context.CountChecks(hit);
                        }
                    },
                    "read", folder, max, context.Random.Next().ToString(CultureInfo.InvariantCulture), "v0,v1", "20"));
            }

            while (context.GoesOn)
            {
                Thread.Sleep(30 + context.Random.Next(200));
                string part = Path.Combine(folder, Parts[context.Random.Next(Parts.Length)]);
                try
                {
                    if (context.Random.Next(2) == 0)
                    {
                        Directory.Delete(part, recursive: true);
                        context.Count("deleted");
                    }
                    else
                    {
                        string away = Path.Combine(context.Folder, "away" + context.Random.Next());
                        Directory.Move(part, away);
                        Directory.Delete(away, recursive: true);
                        context.Count("moved away");
                    }
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // Somebody wrote into it meanwhile.
                }
            }

            children.ForEach(child => child.End(context));
        }
        finally
        {
            children.ForEach(static child => child.Dispose());
        }

        using FolderTier tier = new(new FolderTierOptions { Directory = folder, MaxBytes = MaxBytes }, TimeProvider.System);
        context.Check(Truth.Write(tier, "after", 1) == FeedWriteResult.Replaced, () => "a write is left out when the folder stays again");
        context.Check(Truth.Check(tier, "after").Version == 1, () => "the store does not work when the folder stays again");
    }
}
