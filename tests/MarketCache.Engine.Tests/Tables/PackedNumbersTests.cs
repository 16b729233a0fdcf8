using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

public sealed class PackedNumbersTests
{
    // Numbers of every magnitude, some of them far from the rest, in streams around the length of a part.
    private static readonly Gen<long[]> Numbers =
        Gen.Select(Gen.Int[0, 64], Gen.OneOf(Gen.Int[0, 20], Gen.Int[126, 130], Gen.Int[250, 400])).SelectMany(
            (bits, count) => Gen.Frequency(
                (40, Gen.ULong.Select(u => bits == 0 ? 0 : u >> (64 - bits))),
                (40, Gen.ULong.Select(u => bits == 0 ? 0 : u >> (64 - bits) >> (int)(u % 7))),
                (1, Gen.ULong)).Select(u => (long)u).Array[count]);

    [Fact]
    public void Numbers_come_back_and_take_what_was_measured() => Numbers.Sample(
        numbers =>
        {
            using var writer = new PayloadWriter();
            PackedNumbers.Write(writer, numbers);
            Assert.Equal(PackedNumbers.Measure(numbers), writer.Length);
            AssertReads(writer.Written, numbers);
        },
        iter: 1500);

    [Fact]
    public void Each_width_comes_back()
    {
        for (var width = 0; width <= 64; width++)
        {
            var numbers = Enumerable.Range(0, 131).Select(i => width == 0 ? 0 : (long)((ulong)(-1L - i) >> (64 - width))).ToArray();
            using var writer = new PayloadWriter();
            PackedNumbers.Write(writer, numbers);
            AssertReads(writer.Written, numbers);
        }
    }

    [Fact]
    public void A_few_numbers_far_from_the_rest_do_not_widen_it()
    {
        var numbers = Enumerable.Repeat(3L, 128).ToArray();
        numbers[0] = 1_000_000;
        numbers[127] = -1;
        using var writer = new PayloadWriter();
        PackedNumbers.Write(writer, numbers);

        // Width and flag, patches, their width, 128 × 2 bits, two rows, two high parts of 62 bits.
        Assert.Equal(3 + 32 + 2 + 16, writer.Length);
        AssertReads(writer.Written, numbers);
    }

    [Fact]
    public void Zeros_take_a_byte_a_part()
    {
        using var writer = new PayloadWriter();
        PackedNumbers.Write(writer, new long[129]);

        Assert.Equal(new byte[2], writer.Written.ToArray());
    }

    private static void AssertReads(ReadOnlySpan<byte> stream, long[] numbers)
    {
        var reader = new PayloadReader(stream);
        PackedNumbers.Skip(ref reader, numbers.Length);
        Assert.Equal(0, reader.Remaining);
        var read = new long[numbers.Length];
        PackedNumbers.Read([.. stream, .. Enumerable.Repeat((byte)0xFF, PackedNumbers.Padding)], 0, read);
        Assert.Equal(numbers, read);
    }
}
