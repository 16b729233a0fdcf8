using System.Collections.Concurrent;
using System.Globalization;
using MarketCache.Engine;
using MarketCache.Faults.Children;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// Sessions ask the engine for bars and are killed. Every answer is right, and what was answered once is answered by the next
/// session from disk, without the provider.
/// </summary>
internal sealed class KilledSessions : Scenario
{
    private const int Sessions = 3;
    private const int Tickers = 60;

    public override string Name => "killed-sessions";

    public override string Promise => "what was answered is not lost";

    public override double Weight => 2;

    public override void Run(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        string calls = Path.Combine(context.Folder, "calls");
        Directory.CreateDirectory(calls);
        ConcurrentDictionary<string, bool> answered = new(StringComparer.Ordinal);
        Child?[] children = new Child?[Sessions];
        int[] spoke = new int[Sessions];
        try
        {
            while (context.GoesOn)
            {
                for (int i = 0; i < Sessions; i++)
                {
                    if (children[i] is null)
                    {
                        int session = i;
                        spoke[i] = 0;
                        children[i] = Child.Start(line => Heard(context, answered, line, ref spoke[session]), "ask", folder, calls, "2", $"{Tickers}", "0", "2022", "2024", "false");
                        children[i]!.Tell("go");
                    }
                }

                // A session that is still starting has nothing to lose yet.
                Thread.Sleep(20 + context.Random.Next(300));
                int victim = context.Random.Next(Sessions);
                if (Volatile.Read(ref spoke[victim]) == 0)
                {
                    continue;
                }

                children[victim]!.ReportExit(context);
                children[victim]!.Kill();
                children[victim]!.Dispose();
                children[victim] = null;
                context.Count("kills");
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

        int before = TruthProvider.Calls(calls).Length;
        AskAgain(context, folder, calls, answered.Keys).GetAwaiter().GetResult();
        int after = TruthProvider.Calls(calls).Length;
        context.Check(after == before, () => $"{after - before} of {answered.Count} series that had been answered were fetched again");
        context.Count("series", answered.Count);
        context.Count("provider calls", before);
    }

    private static async Task AskAgain(ScenarioContext context, string folder, string calls, IEnumerable<string> tickers)
    {
        await using MarketDataCache cache = AskJob.Open(folder, calls, memory: false);
        foreach (string ticker in tickers)
        {
            string answer = await AskJob.AskAsync(cache, ticker, new DateOnly(2022, 1, 1), new DateOnly(2024, 12, 31)).ConfigureAwait(false);
            context.Check(answer == ticker, () => answer);
        }
    }

    private static void Heard(ScenarioContext context, ConcurrentDictionary<string, bool> answered, string line, ref int spoke)
    {
        if (line.StartsWith('T'))
        {
            answered[line] = true;
            Volatile.Write(ref spoke, 1);
            context.CountChecks(1);
            context.Count("answers");
        }
        else if (line.StartsWith("NOTE", StringComparison.Ordinal))
        {
            context.Count("warnings");
        }
        else if (line != "ready")
        {
            context.Break(line);
        }
    }
}
