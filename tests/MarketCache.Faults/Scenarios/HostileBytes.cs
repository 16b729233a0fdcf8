using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

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
        byte[][] manifests = [.. Enumerable.Range(0, 20).Select(i => ManifestCodec.Encode(Truth.Series($"k{i}", i).Manifest))];
        byte[][] tables = [.. Enumerable.Range(1, 12).Select(i => TableCodec.Encode(Table(context.Random, i * 17), i % 3 != 0))];
        while (context.GoesOn)
        {
            Decode(context, Mutate(context.Random, manifests, sealManifest: true), "manifests", static bytes => ManifestCodec.TryDecode(bytes, out _));
            Decode(context, Mutate(context.Random, tables, sealManifest: false), "tables", DecodeTable);
        }
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
        context.Check(allocated < 64 << 20, () => $"{what}: {allocated:N0} bytes allocated for {bytes.Length} bytes of input");
        context.Check(Environment.TickCount64 - start < 5000, () => $"{what}: {Environment.TickCount64 - start} ms for {Convert.ToHexString(bytes)}");
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

    private static byte[] Mutate(Random random, byte[][] samples, bool sealManifest)
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
        if (sealManifest && mutated.Length >= ManifestCodec.MinBytes)
        {
            BitConverter.TryWriteBytes(mutated.AsSpan(4), mutated.Length);
            System.IO.Hashing.XxHash128.Hash(mutated.AsSpan(0, mutated.Length - 16), mutated.AsSpan(mutated.Length - 16));
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
