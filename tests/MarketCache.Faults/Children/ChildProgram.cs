namespace MarketCache.Faults.Children;

/// <summary>What a process does that the harness has started.</summary>
internal static class ChildProgram
{
    public static async Task<int> RunAsync(string verb, string[] args)
    {
        switch (verb)
        {
            case "write":
                StoreWriterJob.Run(args);
                return 0;
            case "read":
                StoreReaderJob.Run(args);
                return 0;
            case "hold":
                await HoldJob.RunAsync(args);
                return 0;
            case "fill":
                FillJob.Run(args);
                return 0;
            case "ask":
                await AskJob.RunAsync(args);
                return 0;
            default:
                Console.Error.WriteLine($"unknown verb {verb}");
                return 2;
        }
    }

    /// <summary>True when the one who started this process wants it to end or has died.</summary>
    public static Func<bool> EndRequested()
    {
        bool ended = false;
        Thread watch = new(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            Volatile.Write(ref ended, true);
        })
        {
            IsBackground = true,
        };
        watch.Start();
        return () => Volatile.Read(ref ended);
    }
}
