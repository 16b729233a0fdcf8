using MarketCache.Faults.Children;

namespace MarketCache.Faults.Scenarios;

/// <summary>16 processes of 8 threads each, all cold, ask for the same tickers at once: the provider is called once for each.</summary>
internal sealed class ColdStart : Scenario
{
    private const int Processes = 16;
    private const int Threads = 8;
    private const int Tickers = 12;

    public override string Name => "cold-start";

    public override string Promise => "one fetch per gap among 16 processes × 8 threads";

    public override double Weight => 2;

    public override void Run(ScenarioContext context)
    {
        int round = 0;
        do
        {
            string folder = Path.Combine(context.Folder, $"cache{round}");
            string calls = Path.Combine(context.Folder, $"calls{round++}");
            Directory.CreateDirectory(calls);
            using CountdownEvent ready = new(Processes);
            long answers = 0;
            List<Child> children = [];
            try
            {
                for (int i = 0; i < Processes; i++)
                {
                    children.Add(Child.Start(
                        line =>
                        {
                            if (line == "ready")
                            {
                                ready.Signal();
                            }
                            else if (line.StartsWith('T'))
                            {
                                Interlocked.Increment(ref answers);
                            }
                            else if (line.StartsWith("NOTE", StringComparison.Ordinal))
                            {
                                context.Count("warnings");
                                Console.Error.WriteLine(line);
                            }
                            else
                            {
                                context.Break(line);
                            }
                        },
                        "ask", folder, calls, $"{Threads}", $"{Tickers}", "1", "2019", "2023", "true"));
                }

                context.Check(ready.Wait(TimeSpan.FromMinutes(2)), () => "not every process came up");
                children.ForEach(static child => child.Tell("go"));
                children.ForEach(child => child.End(context));
            }
            finally
            {
                children.ForEach(static child => child.Dispose());
            }

            string[] lines = TruthProvider.Calls(calls);
            foreach (IGrouping<string, string> ticker in lines.GroupBy(static line => line.Split(' ')[0]))
            {
                context.Check(ticker.Count() == 1, () => $"{ticker.Key} was fetched {ticker.Count()} times: {string.Join("; ", ticker)}");
            }

            context.Check(lines.Select(static line => line.Split(' ')[0]).Distinct().Count() == Tickers, () => "calls were not counted");
            long expected = Processes * Threads * Tickers;
            context.Check(Interlocked.Read(ref answers) == expected, () => $"{answers} of {expected} answers came");
            context.Count("answers", answers);
            context.Count("provider calls", lines.Length);
            context.Count("rounds");
        }
        while (context.GoesOn);
    }
}
