using System.Buffers.Binary;
using CsCheck;
using MarketCache.Engine.Tables;
using MarketCache.Faults;

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
            Assert.True(allocated <= Bound(bytes), $"Input {i} of {bytes.Length} bytes made the reader allocate {allocated}.");
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
    public void A_feed_cut_anywhere_is_refused_and_with_any_bit_flipped_read_within_the_bound()
    {
        var bars = SmallBars();
        var seed = BlockCodec.Encode(
        [
            new("OHLCV", bars), new("VOLUME", new MarketTable(bars.Columns[0], bars["Volume"].Rename("Value"))),
            new("SPLIT", new MarketTable(MarketColumn.OfDates("Date", [new DateOnly(2020, 1, 8)]), MarketColumn.OfDoubles("Value", [double.NaN]))),
        ]);
        for (var length = 0; length < seed.Length; length++)
        {
            Assert.True(IsRefused(seed.AsSpan(0, length)));
        }

        for (var bit = 0; bit < 8 * seed.Length; bit++)
        {
            var bytes = (byte[])seed.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                BlockCodec.DecodeConcat([bytes, seed]);
            }
            catch (Exception e) when (e is TableFormatException or ProviderException)
            {
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * Bound(bytes));
        }
    }

    [Theory]
    [InlineData("a column with more rows is shared", 2, new byte[] { 0x01, 1, 1, 0x07, 0x02, 2, 1, 0x87, 0 })]
    [InlineData("a column that comes later is shared", 1, new byte[] { 0x01, 1, 1, 0x87, 0 })]
    [InlineData("a table has rows without columns", 1, new byte[] { 0x01, 1, 0 })]
    [InlineData("two tables have the same name", 2, new byte[] { 0x02, 1, 1, 0x07, 0x02, 1, 1, 0x87, 0 })]
    [InlineData("a table is flagged as shared", 1, new byte[] { 0x81, 1, 1, 0x07 })]
    [InlineData("a name is unknown", 1, new byte[] { 0x7F, 1, 1, 0x07 })]
    [InlineData("a column has no name", 1, new byte[] { 0x01, 1, 1, 0x01 })]
    public void Impossible_tables_are_refused(string what, byte tables, byte[] head) =>
        Assert.True(IsRefused([0x4D, 0x43, 0x54, 0x42, TableFormat.Version, TableFormat.CodecNone, tables, .. head, .. ZeroColumn()]), what);

    [Fact]
    public void The_cases_of_impossible_tables_are_right_but_for_what_they_name() => Assert.False(IsRefused(
        [0x4D, 0x43, 0x54, 0x42, TableFormat.Version, TableFormat.CodecNone, 2, 0x01, 1, 1, 0x07, 0x02, 1, 1, 0x87, 0, .. ZeroColumn()]));

    [Theory]
    [InlineData("numbers of 65 bits", new byte[] { 0x44, 0, 1, 65, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("no patches though announced", new byte[] { 0x44, 0, 1, 0x80, 0, 1 })]
    [InlineData("more patches than numbers", new byte[] { 0x44, 0, 1, 0x80, 2, 1, 0, 0, 1 })]
    [InlineData("patches of no bits", new byte[] { 0x44, 0, 1, 0x80, 1, 0, 0 })]
    [InlineData("patches beyond 64 bits", new byte[] { 0x44, 0, 1, 0xC0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData("a patch beyond its part", new byte[] { 0x44, 0, 1, 0x80, 1, 1, 1, 1 })]
    [InlineData("a mapping of doubles for longs", new byte[] { 0x04, 0, 0 })]
    [InlineData("specials among longs", new byte[] { 0xC4, 0, 1, 0, 0 })]
    [InlineData("specials among bits", new byte[] { 0x83, 0, 0, 0 })]
    [InlineData("a special beyond the end", new byte[] { 0x93, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("a scale beyond 22", new byte[] { 0x13, 0, 23, 1, 0 })]
    [InlineData("prediction 3", new byte[] { 0x44, 3, 1, 0 })]
    [InlineData("a bar's open alone", new byte[] { 0x13, 8, 0, 1, 0, 0 })]
    [InlineData("as many values as rows though some are null", new byte[] { 0x4C, 1, 0, 0, 1, 0 })]
    [InlineData("no value though none is null", new byte[] { 0x0C, 0, 0 })]
    [InlineData("kind 0", new byte[] { 0x40, 0, 1, 0 })]
    [InlineData("kind 7", new byte[] { 0x47, 0, 1, 0 })]
    [InlineData("a truth value of 2", new byte[] { 0x46, 0, 1, 3, 4 })]
    [InlineData("a date beyond the last", new byte[] { 0x51, 0x10, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0 })]
    [InlineData("a moment before the first", new byte[] { 0x42, 0x10, 1, 0x01, 0 })]
    [InlineData("text longer than all of it", new byte[] { 0x05, 1, 2, 3, 1, 65, 0, 0 })]
    [InlineData("text left over", new byte[] { 0x05, 1, 0, 1, 65, 0, 0 })]
    [InlineData("a text beyond those there are", new byte[] { 0x05, 1, 0, 0, 1, 1 })]
    [InlineData("more texts than rows", new byte[] { 0x05, 2, 0, 0, 0 })]
    [InlineData("a byte after the last column", new byte[] { 0x44, 0, 1, 0, 0 })]
    public void Impossible_columns_are_refused(string what, byte[] column) => Assert.True(IsRefused(Head(1, 1, [7], column)), what);

    [Theory]
    [InlineData(new byte[] { 0x44, 0, 1, 64, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x44, 0, 1, 0x80, 1, 1, 0, 1 })]
    [InlineData(new byte[] { 0x93, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x46, 0, 1, 2, 2 })]
    [InlineData(new byte[] { 0x51, 0x10, 0x02, 0 })]
    [InlineData(new byte[] { 0x05, 1, 1, 1, 1, 65, 0, 0 })]
    [InlineData(new byte[] { 0x0C, 0, 1, 1 })]
    public void The_cases_of_impossible_columns_are_right_but_for_what_they_name(byte[] column) => Assert.False(IsRefused(Head(1, 1, [7], column)));

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

    // 128 values of 9 bytes may come of one byte, a frame's bytes of a 1,024th; and a few objects of a name.
    private static long Bound(byte[] bytes) => 64_000 + (2400L * bytes.Length * (bytes.Length > 5 && bytes[5] == TableFormat.CodecZstd ? TableFormat.MaxZstdRatio : 1));

    // Any other exception ends the test.
    private static bool IsRefused(ReadOnlySpan<byte> bytes)
    {
        try
        {
            BlockCodec.Decode(bytes);
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
        writer.WriteByte(1);
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
