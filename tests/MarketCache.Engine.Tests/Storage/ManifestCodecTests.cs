using CsCheck;
using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class ManifestCodecTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char.AlphaNumeric, 0, 20].Select(text => text + "|é|漢|🂡");

    private static readonly Gen<SeriesManifest> Manifests =
        from key in Text
        from steps in Gen.Long[1, 1_000_000].Array[0, 12]
        from blocks in Gen.Select(Gen.Long[1, 1_000_000], Gen.ULong, Gen.ULong, Gen.Int[0, int.MaxValue]).Array[0, 12]
        from finals in Gen.Bool.Array[12]
        from epoch in Gen.Int
        from version in Gen.Long
        from properties in Gen.Dictionary(Text, Text)[0, 5]
        select new SeriesManifest
        {
            Key = key,
            Epoch = epoch,
            Version = version,
            Properties = properties,
            Runs = [.. steps.Select((step, i) => new CoverageRun((i * 2_000_000L) - 7_000_000, (i * 2_000_000L) - 7_000_000 + step, step * 31, finals[i]))],
            Blocks = [.. blocks.Select((block, i) => new BlockEntry(i * 2_000_000L, (i * 2_000_000L) + block.Item1, block.Item4, new Hash128(block.Item2, block.Item3), block.Item4, block.Item4))],
        };

    private static SeriesManifest Sample { get; } = new()
    {
        Key = "yahoo|OHLCV|AAPL|daily",
        Epoch = 3,
        Version = 42,
        Runs = [new CoverageRun(730_000, 730_364, 638_000_000_000_000_000, true), new CoverageRun(730_365, 730_400, 638_000_000_000_000_001, false)],
        Blocks = [new BlockEntry(730_000, 730_364, 252, new Hash128(ulong.MaxValue / 3, ulong.MaxValue / 3), 2000, 12_000), new BlockEntry(730_365, 730_400, 25, new Hash128(0, 5), 300, 1200)],
        Properties = new Dictionary<string, string> { ["calendar"] = "XNYS", ["unit"] = "USD" },
    };

    [Fact]
    public void Every_manifest_comes_back_as_it_was() => Manifests.Sample(
        manifest =>
        {
            Assert.True(ManifestCodec.TryDecode(ManifestCodec.Encode(manifest), out SeriesManifest? read));
            Assert.Equal((manifest.Key, manifest.Epoch, manifest.Version), (read.Key, read.Epoch, read.Version));
            Assert.Equal(manifest.Runs, read.Runs);
            Assert.Equal(manifest.Blocks, read.Blocks);
            Assert.Equal(manifest.Properties.OrderBy(static pair => pair.Key, StringComparer.Ordinal), read.Properties.OrderBy(static pair => pair.Key, StringComparer.Ordinal));
        },
        iter: 500);

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed()
    {
        byte[] bytes = ManifestCodec.Encode(Sample);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ManifestCodec.TryDecode(damaged, out _), $"bit {bit}");
        }
    }

    [Fact]
    public void Any_truncation_and_any_appendix_is_noticed()
    {
        byte[] bytes = ManifestCodec.Encode(Sample);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(ManifestCodec.TryDecode(bytes.AsSpan(0, length), out _), $"length {length}");
        }

        Assert.False(ManifestCodec.TryDecode([.. bytes, 0], out _));
    }

    [Fact]
    public void Contents_that_lie_behind_a_right_checksum_are_refused_without_allocating_for_them()
    {
        byte[] bytes = ManifestCodec.Encode(Sample);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int decoded = 0;
        Random random = new(11);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] mutated = [.. bytes];
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                int at = random.Next(8, mutated.Length - 16);
                mutated[at] = random.Next(4) switch { 0 => 0xFF, 1 => 0x7F, 2 => 0, _ => (byte)random.Next(256) };
            }

            System.IO.Hashing.XxHash128.Hash(mutated.AsSpan(0, mutated.Length - 16), mutated.AsSpan(mutated.Length - 16));
            if (ManifestCodec.TryDecode(mutated, out SeriesManifest? read))
            {
                decoded++;
                Assert.True(read.Key.Length + (read.Runs.Count * 25) + (read.Blocks.Count * 44) <= bytes.Length);
            }
        }

        Assert.NotEqual(0, decoded);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000L * bytes.Length * 20);
    }

    [Fact]
    public void Disordered_runs_and_blocks_are_not_written()
    {
        Assert.Throws<ArgumentException>(() => ManifestCodec.Encode(Sample with { Runs = [new CoverageRun(5, 4, 0, true)] }));
        Assert.Throws<ArgumentException>(() => ManifestCodec.Encode(Sample with { Runs = [new CoverageRun(1, 4, 0, true), new CoverageRun(4, 6, 0, true)] }));
        Assert.Throws<ArgumentException>(() => ManifestCodec.Encode(Sample with { Blocks = [Sample.Blocks[1], Sample.Blocks[0]] }));
    }
}
