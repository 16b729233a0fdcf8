using System.Globalization;
using MarketCache.Engine;
using MarketCache.Engine.Configuration;

namespace MarketCache.Faults.Children;

/// <summary>
/// Asks the engine for tickers from several threads: <c>ask FOLDER CALLFOLDER THREADS TICKERS ROUNDS FIRSTYEAR LASTYEAR MEMORY</c>, ROUNDS
/// being 0 for until told to end. Says <c>ready</c>, waits for a line, then prints the ticker of each right answer,
/// <c>WRONG …</c> for a wrong one, <c>FAILED …</c> for none, and <c>NOTE …</c> for each warning of the engine.
/// </summary>
internal static class AskJob
{
    public static async Task RunAsync(string[] args)
    {
        int threads = int.Parse(args[2], CultureInfo.InvariantCulture);
        int tickers = int.Parse(args[3], CultureInfo.InvariantCulture);
        int rounds = int.Parse(args[4], CultureInfo.InvariantCulture);
        DateOnly start = new(int.Parse(args[5], CultureInfo.InvariantCulture), 1, 1);
        DateOnly end = new(int.Parse(args[6], CultureInfo.InvariantCulture), 12, 31);
        await using MarketDataCache cache = Open(args[0], args[1], bool.Parse(args[7]));
        cache.Warning += static message => Console.WriteLine("NOTE " + message);
        Console.WriteLine("ready");
        Console.ReadLine();
        Func<bool> ended = ChildProgram.EndRequested();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            Random random = new(Environment.ProcessId + thread);
            for (int round = 0; rounds == 0 ? !ended() : round < rounds; round++)
            {
                foreach (int number in Enumerable.Range(0, tickers).OrderBy(_ => random.Next()))
                {
                    if (rounds == 0 && ended())
                    {
                        return;
                    }

                    string ticker = string.Create(CultureInfo.InvariantCulture, $"T{number}");
                    Console.WriteLine(await AskAsync(cache, ticker, start, end).ConfigureAwait(false));
                }
            }
        }))).ConfigureAwait(false);
    }

    /// <summary>Opens the engine over a folder, with the provider that knows the truth as the only one.</summary>
    public static MarketDataCache Open(string folder, string callFolder, bool memory) => MarketDataCache.Open(
        new MarketCacheOptions
        {
            Disk = new DiskOptions { CacheDir = folder, MaxSizeGb = 0.25 },
            Memory = new MemoryOptions { Enabled = memory },
        },
        TimeProvider.System,
        [new TruthProvider(callFolder)]);

    /// <summary>Asks for bars and compares them with the truth.</summary>
    public static async Task<string> AskAsync(MarketDataCache cache, string ticker, DateOnly start, DateOnly end)
    {
        try
        {
            MarketSeries series = await cache.GetAsync(new DataRequest
            {
                DataType = "OHLCV",
                Ticker = ticker,
                Start = start,
                End = end,
                Provider = "Truth",
            }).ConfigureAwait(false);
            ReadOnlySpan<DateOnly> days = series.Rows.Column<DateOnly>("Date").Values;
            ReadOnlySpan<double> close = series.Rows.Column<double>("Close").Values;
            int least = (int)((end.DayNumber - start.DayNumber) / 365.25 * 245);
            if (days.Length < least)
            {
                return $"WRONG {ticker}: {days.Length} rows";
            }

            for (int i = 0; i < days.Length; i++)
            {
                if (days[i] < start || days[i] > end || close[i] != TruthProvider.Close(ticker, days[i]))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"WRONG {ticker}: {days[i]:yyyy-MM-dd} is {close[i]}");
                }
            }

            return ticker;
        }
        catch (Exception error)
        {
            return $"FAILED {ticker}: {error.GetType().Name}: {error.Message}";
        }
    }
}
