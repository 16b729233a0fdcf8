using System.Buffers.Binary;
using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

public sealed class HostileBytesTests
{
    private static readonly byte[][] Seeds = [.. SeedTables().SelectMany(t => new[] { TableCodec.Encode(t), TableCodec.Encode(t, compress: false) })];

    [Fact]
    public void Ten_thousand_mutated_tables_are_refused_or_read_within_the_bound()
    {
        var random = new Random(20210331);
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Mutate(Seeds[random.Next(Seeds.Length)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            refused += IsRefused(bytes) ? 1 : 0;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= TableFormat.MaxBlockBytes * 2, $"Input {i} made the reader allocate {allocated} bytes.");
        }

        Assert.InRange(refused, 5_000, 9_999);
    }

    [Fact]
    public void Mutated_payloads_with_their_lengths_right_are_refused_or_read()
    {
        // Uncompressed seeds, and no byte of the head touched, so that every mutation reaches the decoders of columns and streams.
        var random = new Random(7);
        byte[][] seeds = [.. Seeds.Where(s => s[5] == TableFormat.CodecNone && s.Length > 40)];
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(10, bytes.Length)] = (byte)random.Next(256);
            }

            IsRefused(bytes);
        }
    }

    [Fact]
    public void Noise_is_refused() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            Assert.True(IsRefused(bytes));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes = [0, 0, 0, 0, TableFormat.Version, (byte)(bytes.Length % 2), .. bytes], TableFormat.Magic);
            IsRefused(bytes);
        },
        iter: 3_000);

    [Fact]
    public void A_table_cut_anywhere_is_refused()
    {
        foreach (var seed in Seeds)
        {
            for (var length = 0; length < seed.Length; length += seed.Length > 3000 ? 7 : 1)
            {
                Assert.True(IsRefused(seed.AsSpan(0, length)), $"{length} of {seed.Length} bytes were read as a table.");
            }
        }
    }

    [Fact]
    public void Bytes_after_the_table_are_refused()
    {
        byte[] skippableFrame = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0];
        byte[] emptyFrame = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00];
        foreach (var seed in Seeds)
        {
            Assert.True(IsRefused([.. seed, 0]));
            Assert.True(IsRefused([.. seed, .. skippableFrame]));
            Assert.True(IsRefused([.. seed, .. emptyFrame]));
            Assert.True(IsRefused([.. seed, .. seed]));
        }
    }

    [Fact]
    public void Another_version_or_codec_is_refused()
    {
        foreach (var seed in Seeds)
        {
            var newer = (byte[])seed.Clone();
            newer[4]++;
            Assert.True(IsRefused(newer));
            var other = (byte[])seed.Clone();
            other[5] = 9;
            Assert.True(IsRefused(other));
        }
    }

    [Theory]
    [InlineData(1 << 28, 1)]
    [InlineData(1 << 28, 9)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, ushort.MaxValue)]
    [InlineData(1, int.MaxValue)]
    [InlineData(1, 0)]
    public void Impossible_counts_are_refused_before_anything_is_allocated(int rows, int columns)
    {
        byte[] names = [.. Enumerable.Range(0, Math.Min(columns, 9)).Select(i => (byte)(3 + i))];
        var bytes = Head(rows, columns, names, names.SelectMany(_ => ZeroColumn()));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(IsRefused(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_frame_that_claims_to_grow_beyond_what_is_possible_is_refused()
    {
        using var writer = new PayloadWriter();
        writer.WriteUInt32(TableFormat.Magic);
        writer.WriteByte(TableFormat.Version);
        writer.WriteByte(TableFormat.CodecZstd);
        writer.WriteVarint((ulong)TableFormat.MaxBlockBytes);
        byte[] bytes = [.. writer.Written, 0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(IsRefused(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Columns_of_the_same_name_are_refused() =>
        Assert.True(IsRefused(Head(1, 2, [4, 4], [.. ZeroColumn(), .. ZeroColumn()])));

    [Fact]
    public void Every_bit_may_flip()
    {
        foreach (var seed in new[] { TableCodec.Encode(SmallBars(), compress: false), TableCodec.Encode(SmallBars()) })
        {
            for (var bit = 0; bit < 8 * seed.Length; bit++)
            {
                var bytes = (byte[])seed.Clone();
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                IsRefused(bytes);
            }
        }
    }

    // Any other exception ends the test.
    private static bool IsRefused(ReadOnlySpan<byte> bytes)
    {
        try
        {
            TableCodec.Decode(bytes);
            return false;
        }
        catch (TableFormatException)
        {
            return true;
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(4) == 0 ? random.Next(Math.Min(24, bytes.Count)) : random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                case 4:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(random.Next(16), bytes.Count - at));
                    break;
            }
        }

        return [.. bytes];
    }

    // One unnamed table of the columns with these well-known names.
    private static byte[] Head(long rows, long columns, IEnumerable<byte> names, IEnumerable<byte> payload)
    {
        using var writer = new PayloadWriter();
        writer.WriteUInt32(TableFormat.Magic);
        writer.WriteByte(TableFormat.Version);
        writer.WriteByte(TableFormat.CodecNone);
        writer.WriteByte(1);
        writer.WriteByte(TableFormat.FirstWellKnownName);
        writer.WriteVarint((ulong)rows);
        writer.WriteVarint((ulong)columns);
        return [.. writer.Written, .. names, .. payload];
    }

    // A column of a double that is zero: kind and mapping, prediction, scale, divisor, numbers of no bits.
    private static byte[] ZeroColumn() =>
        [(byte)ColumnKind.Double | ((byte)Mapping.Decimal << TableFormat.MappingShift), (byte)Prediction.None, 0, 1, 0];

    private static IEnumerable<MarketTable> SeedTables()
    {
        yield return SmallBars();
        yield return MarketTable.Empty;
        yield return new MarketTable(MarketColumn.OfDoubles("Value", []));
        foreach (var table in AnyTable.Tables.Array[30].Generate(new PCG(1, 7), null, out _))
        {
            yield return table;
        }

        yield return new MarketTable(
            MarketColumn.OfStrings("Currency", [.. Enumerable.Range(0, 200).Select(i => i % 7 == 0 ? null : "Currency " + (i % 3))]),
            MarketColumn.OfStrings("Note", [.. Enumerable.Range(0, 200).Select(i => $"Note of row {i} is a text that repeats.")]),
            MarketColumn.OfDoubles("Rate", [.. Enumerable.Range(0, 200).Select(i => Math.Sqrt(i % 5))]),
            MarketColumn.OfBooleans("Flag", [.. Enumerable.Range(0, 200).Select(i => i % 3 == 0)]));
    }

    private static MarketTable SmallBars()
    {
        var random = new Random(3);
        var dates = Enumerable.Range(0, 40).Select(i => new DateOnly(2020, 1, 6).AddDays((i / 5 * 7) + (i % 5))).ToArray();
        double[] Prices(double level) => [.. dates.Select(_ => level + (random.Next(100) / 100.0))];
        return new MarketTable(
            MarketColumn.OfDates("Date", dates), MarketColumn.OfDoubles("Open", Prices(100)), MarketColumn.OfDoubles("High", Prices(101)),
            MarketColumn.OfDoubles("Low", Prices(99)), MarketColumn.OfDoubles("Close", Prices(100)),
            MarketColumn.OfLongs("Volume", [.. dates.Select(_ => (long)random.Next(1_000_000, 9_000_000))], [.. dates.Select((_, i) => i != 7)]));
    }
}
