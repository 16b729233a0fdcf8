using System.Diagnostics;
using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// The file system refuses: files may not grow beyond a few blocks (<c>ulimit -f</c>), or it is full (a small tmpfs, where it
/// may be mounted). What was taken is read, what was not is left out, nobody falls over, and it works again when there is room.
/// </summary>
internal sealed class FullDisk : Scenario
{
    public override string Name => "full-disk";

    public override string Promise => "a full disk leaves writes out and the answers go on";

    public override string? Skip => Child.HasSignals ? null : "needs a Unix shell";

    public override void Run(ScenarioContext context)
    {
        string mount = Path.Combine(context.Folder, "small");
        Directory.CreateDirectory(mount);
        bool mounted = Execute("mount", "-t", "tmpfs", "-o", "size=600k,mode=0700", "tmpfs", mount);
        try
        {
            int round = 0;
            do
            {
                foreach (int blocks in (int[])[0, 8, 40, 90])
                {
                    Fill(context, Path.Combine(context.Folder, $"limited-{round}-{blocks}"), $"trap '' XFSZ; ulimit -f {blocks}", "files limited", 30);
                }

                if (mounted)
                {
                    string folder = Path.Combine(mount, $"cache{round}");
                    Fill(context, folder, null, "file systems filled", 150);
                    Return(context, folder, clears: round % 2 == 1);
                    Directory.Delete(folder, recursive: true);
                }

                round++;
            }
            while (context.GoesOn);
        }
        finally
        {
            if (mounted && !Execute("umount", mount))
            {
                Execute("umount", "-l", mount);
            }
        }

        if (!mounted)
        {
            context.Count("tmpfs mounts allowed", 0);
        }
    }

    private static void Fill(ScenarioContext context, string folder, string? shell, string what, int series)
    {
        long taken = -1;
        using Child child = Child.StartUnder(
            shell,
            line =>
            {
                if (line.StartsWith("WRONG", StringComparison.Ordinal))
                {
                    context.Break(line);
                }
                else if (line.Split(' ') is [var took, var left, var warnings])
                {
                    taken = long.Parse(took, CultureInfo.InvariantCulture);
                    context.Count("writes", taken);
                    context.Count("writes left out", long.Parse(left, CultureInfo.InvariantCulture));
                    context.Check(int.Parse(warnings, CultureInfo.InvariantCulture) <= 4, () => $"{warnings} warnings for one fault");
                }
            },
            "fill", folder, "1000000000", series.ToString(CultureInfo.InvariantCulture));
        child.End(context);
        context.Check(taken >= 0, () => "the process said nothing");
        context.Count(what);
    }

    private static void Return(ScenarioContext context, string folder, bool clears)
    {
        // Room comes back: some feeds are cleared, or all, while there is not a block left to note that.
        using FolderTier tier = new(new FolderTierOptions { Directory = folder, MaxBytes = 1 << 30 }, TimeProvider.System);
        foreach (FeedListing listed in Truth.List(tier).Take(20))
        {
            (_, string? wrong) = Truth.Check(tier, listed.Feed.Key);
            context.Check(wrong is null, () => wrong!);
            if (!clears)
            {
                Truth.Await(tier.RemoveAsync(listed.Feed.Key, 1, default));
            }
        }

        if (clears)
        {
            Truth.Await(tier.ClearAsync(1, default));
            context.Check(Truth.List(tier).Count == 0, () => "feeds are left after all were cleared");
        }

        context.Check(Truth.Write(tier, "after", 1) == FeedWriteResult.Replaced, () => "a write after room came back was left out");
        context.Check(Truth.Check(tier, "after").Version == 1, () => "a write after room came back cannot be read");
    }

    private static bool Execute(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
