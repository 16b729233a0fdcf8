using System.Diagnostics;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// The folder is another user's, closed or with files that may not be read: a session answers without it and warns once. Then it
/// becomes the user's own: the session that runs goes on, the next one uses it.
/// </summary>
internal sealed class ForbiddenFolder : Scenario
{
    private const string Nobody = "65534";
    private const int Tickers = 6;

    public override string Name => "forbidden-folder";

    public override string Promise => "another user's folder costs no answer, and is used once it is the user's own";

    public override double Weight => 0.5;

    public override string? Skip =>
        Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && !OperatingSystem.IsWindows() ? null : "needs root and setpriv";

    public override void Run(ScenarioContext context)
    {
        int round = 0;
        do
        {
            Session(context, Path.Combine(context.Folder, $"cache{round}"), Path.Combine(context.Folder, $"calls{round}"), round % 2 == 0 ? "0755" : "0700");
            round++;
        }
        while (context.GoesOn);
    }

    private static void Session(ScenarioContext context, string folder, string calls, string mode)
    {
        Directory.CreateDirectory(calls);
        Execute("chmod", "0755", Path.GetDirectoryName(context.Folder)!, context.Folder);
        Execute("chmod", "0777", calls);
        using (FolderTier own = new(new FolderTierOptions { Directory = folder }, TimeProvider.System))
        {
            context.Check(Truth.Write(own, "root's", 1) == FeedWriteResult.Replaced, () => "root cannot write");
        }

        Execute("chmod", mode, folder);
        int answers = 0;
        int warnings = 0;
        using Child child = Child.StartUnder(
            $"exec /usr/bin/setpriv --reuid={Nobody} --regid={Nobody} --clear-groups \"$@\"",
            line =>
            {
                if (line.StartsWith('T'))
                {
                    Interlocked.Increment(ref answers);
                    context.Count("answers");
                    context.CountChecks(1);
                }
                else if (line.StartsWith("NOTE", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref warnings);
                }
                else if (line != "ready")
                {
                    context.Break(line);
                }
            },
            "ask", folder, calls, "2", $"{Tickers}", "0", "2022", "2024", "true");
        child.Tell("go");
        context.Check(SpinWait.SpinUntil(() => Volatile.Read(ref answers) >= 3 * Tickers, TimeSpan.FromMinutes(3)), () => "no answers come while the folder is another's");
        context.Check(Volatile.Read(ref warnings) is 1 or 2, () => $"{warnings} warnings of a folder that is another's");

        Execute("chown", "-R", $"{Nobody}:{Nobody}", folder);
        Execute("chmod", "0700", folder);

        int before = Volatile.Read(ref answers);
        context.Check(SpinWait.SpinUntil(() => Volatile.Read(ref answers) > before + Tickers, TimeSpan.FromMinutes(3)), () => "no answers come once the folder is the user's own");
        child.End(context);

        using Child later = Child.StartUnder(
            $"exec /usr/bin/setpriv --reuid={Nobody} --regid={Nobody} --clear-groups \"$@\"",
            line =>
            {
                if (!line.StartsWith('T') && line != "ready")
                {
                    context.Break($"once the folder is the user's own: {line}");
                }
            },
            "ask", folder, calls, "2", $"{Tickers}", "1", "2019", "2024", "false");
        later.Tell("go");
        later.End(context);
        using FolderTier theirs = new(new FolderTierOptions { Directory = folder }, TimeProvider.System);
        int feeds = Truth.List(theirs).Count;
        context.Check(feeds == Tickers + 1, () => $"{feeds} feeds are in the folder once it is the user's own");
        context.Count("sessions");
    }

    private static void Execute(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
    }
}
