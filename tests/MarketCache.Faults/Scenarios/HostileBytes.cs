using MarketCache.Engine;
using MarketCache.Engine.Files;
using MarketCache.Engine.Series;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;
using MarketCache.Faults.Children;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// Decoders are given mutated bytes whose checksums are made right again: no crash, no hang, no allocation beyond what the
/// input can stand for.
/// </summary>
internal sealed class HostileBytes : Scenario
{
    public override string Name => "hostile-bytes";

    public override string Promise => "decoders survive any bytes, within bounds";

    public override double Weight => 1;

    public override void Run(ScenarioContext context)
    {
        byte[][] feeds = FeedsAsync(context).GetAwaiter().GetResult();
        byte[][] tables = [.. Enumerable.Range(1, 12).Select(i => TableCodec.Encode(Table(context.Random, i * 17), i % 3 != 0))];
        while (context.GoesOn)
        {
            Decode(context, Mutate(context.Random, feeds, sealFeed: true), "feeds", DecodeFeed);
            Decode(context, Mutate(context.Random, tables, sealFeed: false), "tables", DecodeTable);
        }
    }

    /// <summary>The files of feeds that the engine stored: some of a few rows, some of many.</summary>
    private static async Task<byte[][]> FeedsAsync(ScenarioContext context)
    {
        string folder = Path.Combine(context.Folder, "cache");
        string calls = Path.Combine(context.Folder, "calls");
        Directory.CreateDirectory(calls);
        await using (MarketDataCache cache = AskJob.Open(folder, calls, memory: false))
        {
            for (int i = 0; i < 8; i++)
            {
                string ticker = FormattableString.Invariant($"H{i}");
                string answer = await AskJob.AskAsync(cache, ticker, new DateOnly(2024 - (i * 3), 1, 1), new DateOnly(2024, 6, 28)).ConfigureAwait(false);
                context.Check(answer == ticker, () => answer);
            }
        }

        return [.. Directory.GetFiles(Path.Combine(folder, "feeds"), "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).Where(static bytes => FeedFile.TryDecode(bytes, out _, out _))];
    }

    private static void Decode(ScenarioContext context, byte[] bytes, string what, Func<byte[], bool> decode)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Environment.TickCount64;
        try
        {
            context.Count(decode(bytes) ? $"{what} decoded" : $"{what} refused");
        }
        catch (Exception error)
        {
            context.Break($"{what}: {error.GetType().Name} {error.Message} for {Convert.ToHexString(bytes)}");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        context.Most($"bytes allocated at most by {what}", allocated);
        // A feed may name an object of the longest length, for which there must be a buffer before it is read.
        context.Check(allocated < FeedFile.MaxObjectBytes + (8 << 20), () => $"{what}: {allocated:N0} bytes allocated for {bytes.Length} bytes of input");
        context.Check(Environment.TickCount64 - start < 5000, () => $"{what}: {Environment.TickCount64 - start} ms for {Convert.ToHexString(bytes)}");
    }

    private static bool DecodeFeed(byte[] bytes)
    {
        if (!FeedFile.TryDecode(bytes, out _, out StoredFeed? stored))
        {
            return false;
        }

        try
        {
            Feed feed = FeedCodec.Decode(stored);
            FeedLoader.LoadAsync(feed, long.MinValue, long.MaxValue, static (_, _) => ValueTask.FromResult(false)).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error) when (error is FeedFormatException or TableFormatException)
        {
            return false;
        }
    }

    private static bool DecodeTable(byte[] bytes)
    {
        try
        {
            TableCodec.Decode(bytes);
            return true;
        }
        catch (TableFormatException)
        {
            return false;
        }
    }

    private static byte[] Mutate(Random random, byte[][] samples, bool sealFeed)
    {
        List<byte> bytes = [.. samples[random.Next(samples.Length)]];
        for (int n = random.Next(1, 8); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(Math.Min(16, bytes.Count - at)));
                    break;
                case 4:
                    bytes.InsertRange(at, samples[random.Next(samples.Length)].Take(random.Next(16)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        byte[] mutated = [.. bytes];
        if (sealFeed && mutated.Length >= FeedFile.MinBytes)
        {
            BitConverter.TryWriteBytes(mutated.AsSpan(4), mutated.Length);
            Hash128.Of(mutated.AsSpan(FeedFile.HeaderBytes)).Write(mutated.AsSpan(24));
            BitConverter.TryWriteBytes(mutated.AsSpan(56), System.IO.Hashing.XxHash3.HashToUInt64(mutated.AsSpan(0, 56)));
        }

        return mutated;
    }

    private static MarketTable Table(Random random, int rows)
    {
        double[] close = new double[rows];
        double price = 100;
        for (int i = 0; i < rows; i++)
        {
            price += Math.Round(random.NextDouble() - 0.5, 2);
            close[i] = random.Next(50) == 0 ? double.NaN : Math.Round(price, 2);
        }

        return new MarketTable(
            MarketColumn.OfDates("Date", [.. Enumerable.Range(0, rows).Select(static i => DateOnly.FromDayNumber(738_000 + (i * 7 / 5)))]),
            MarketColumn.OfDoubles("Close", close),
            MarketColumn.OfDoubles("Open", [.. close.Select(static value => value + 0.25)]),
            MarketColumn.OfLongs("Volume", [.. close.Select(_ => random.NextInt64(1_000_000))]),
            MarketColumn.OfStrings("Note", [.. close.Select(value => random.Next(3) == 0 ? null : "n" + random.Next(5))]));
    }
}
