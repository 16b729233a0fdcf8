using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// Eight processes write far more than the limit. At each look all of them are stopped in the middle of whatever they do and
/// the folder is measured with <c>du</c>, folders and temporary files included. Some are killed.
/// </summary>
internal sealed class CrowdedFolder : Scenario
{
    private const int Writers = 8;
    private const long MaxBytes = 6 << 20;

    public override string Name => "crowded-folder";

    public override string Promise => "allocated size never exceeds the limit with 8 writing processes";

    public override double Weight => 2;

    public override string? Skip => Child.HasSignals && File.Exists("/usr/bin/du") ? null : "needs signals and du";

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        Directory.CreateDirectory(folder);
        Child?[] children = new Child?[Writers];
        int said = 0;
        try
        {
            while (context.GoesOn)
            {
                for (int i = 0; i < Writers; i++)
                {
                    children[i] ??= Child.Start(
                        line =>
                        {
                            Interlocked.Increment(ref said);
                            context.Count(line.StartsWith('!') ? "writes left out" : "writes");
                        },
                        "write",
                        folder,
                        MaxBytes.ToString(CultureInfo.InvariantCulture),
                        context.Random.Next().ToString(CultureInfo.InvariantCulture),
                        $"c{i}",
                        "400",
                        context.Random.Next(1 << 30).ToString(CultureInfo.InvariantCulture));
                }

                // Those that are still starting would only be looked at, not in the middle of anything.
                SpinWait.SpinUntil(() => Volatile.Read(ref said) >= Writers || !context.GoesOn);
                Thread.Sleep(20 + context.Random.Next(60));
                Array.ForEach(children, static child => child!.Stop());
                long allocated = Measure(folder);
                context.Most("bytes at most", allocated);
                context.Check(allocated <= MaxBytes, () => string.Create(CultureInfo.InvariantCulture, $"{allocated:N0} bytes were allocated, the limit is {MaxBytes:N0}"));
                if (context.Random.Next(10) == 0)
                {
                    int victim = context.Random.Next(Writers);
                    children[victim]!.ReportExit(context);
                    children[victim]!.Kill();
                    children[victim]!.Dispose();
                    children[victim] = null;
                    context.Count("kills");
                }

                Array.ForEach(children, static child => child?.Continue());
            }

            Array.ForEach(children, child => child?.End(context));
        }
        finally
        {
            Array.ForEach(children, static child => child?.Continue());
            Array.ForEach(children, static child => child?.Dispose());
        }

        context.Count("bytes limit", MaxBytes);
    }

    private static long Measure(string folder)
    {
        using Process du = Process.Start(new ProcessStartInfo("/usr/bin/du", ["-s", "-k", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text[..text.IndexOf('\t', StringComparison.Ordinal)], CultureInfo.InvariantCulture) * 1024;
    }
}
