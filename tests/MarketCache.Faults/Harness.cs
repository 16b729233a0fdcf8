using System.Globalization;
using MarketCache.Faults.Scenarios;

namespace MarketCache.Faults;

/// <summary>Runs the scenarios one after the other and prints what they saw as a table.</summary>
internal static class Harness
{
    private static readonly Scenario[] All =
    [
        new KilledWriters(),
        new DamagedFiles(),
        new CrowdedFolder(),
        new StoppedHolders(),
        new FullDisk(),
        new VanishingFolder(),
        new MovingClock(),
        new HostileBytes(),
        new ColdStart(),
        new KilledSessions(),
        new ForbiddenFolder(),
        new PowerLoss(),
        new ClearedFolder(),
        new FullFolder(),
    ];

    public static int Run(FaultOptions options)
    {
        Scenario[] chosen = [.. All.Where(scenario => options.Only.Count == 0 || options.Only.Contains(scenario.Name, StringComparer.OrdinalIgnoreCase))];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine($"No scenario of that name. There are: {string.Join(", ", All.Select(static scenario => scenario.Name))}.");
            return 2;
        }

        string root = options.Folder ?? Directory.CreateTempSubdirectory("marketcache-faults-").FullName;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}, {options.Duration.TotalMinutes:0.##} minutes"));
        Console.WriteLine();
        Console.WriteLine("| scenario | seconds | checks | broken | seen |");
        Console.WriteLine("|---|---:|---:|---:|---|");
        double weights = chosen.Where(static scenario => scenario.Skip is null).Sum(static scenario => scenario.Weight);
        List<string> reports = [];
        foreach (Scenario scenario in chosen)
        {
            if (scenario.Skip is { } reason)
            {
                Console.WriteLine($"| {scenario.Name} | – | – | – | skipped: {reason} |");
                continue;
            }

            // The place in the list is part of the seed, the choice is not, so one scenario alone sees the same numbers.
            int seed = unchecked((options.Seed * 1_000_003) + (Array.IndexOf(All, scenario) * 7919));
            string folder = Path.Combine(root, scenario.Name);
            ScenarioContext context = new(seed, options.Duration * (scenario.Weight / weights), folder);
            try
            {
                Directory.CreateDirectory(folder);
                scenario.Run(context);
            }
            catch (Exception error)
            {
                context.Break($"the scenario itself failed: {error}");
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {scenario.Name} | {context.Elapsed.TotalSeconds:0.0} | {context.Checks:N0} | {context.Broken} | {context.Details()} |"));
            reports.AddRange(context.Reports.Take(5).Select(report => $"{scenario.Name}: {(report.Length > 600 ? report[..600] + "…" : report)}"));
            TryDelete(folder);
        }

        Console.WriteLine();
        reports.ForEach(static report => Console.WriteLine("BROKEN " + report));
        Console.WriteLine(reports.Count == 0 ? "Every promise was kept." : $"{reports.Count} reports of broken promises. Repeat with --seed {options.Seed}.");
        if (options.Folder is null)
        {
            TryDelete(root);
        }

        return reports.Count == 0 ? 0 : 1;
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Left for whoever clears temporary folders.
        }
    }
}
