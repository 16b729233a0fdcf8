using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

public sealed class NumberStreamTests
{
    // Numbers of every magnitude, some of them far from the rest, in streams around the length of a Rice part.
    private static readonly Gen<long[]> Numbers =
        Gen.Select(Gen.Int[0, 64], Gen.OneOf(Gen.Int[0, 20], Gen.Int[200, 300], Gen.Int[1020, 1030], Gen.Int[2000, 2100])).SelectMany(
            (bits, count) => Gen.Frequency(
                (40, Gen.ULong.Select(u => bits == 0 ? 0 : u >> (64 - bits))),
                (40, Gen.ULong.Select(u => bits == 0 ? 0 : u >> (64 - bits) >> (int)(u % 7))),
                (1, Gen.ULong)).Select(u => (long)u).Array[count]);

    [Fact]
    public void Numbers_come_back_from_every_packing() => Numbers.Sample(
        numbers =>
        {
            foreach (var planes in new[] { false, true })
            {
                using var writer = new PayloadWriter();
                NumberStream.Write(writer, numbers, planes);
                AssertReads(writer.Written, numbers);
            }
        },
        iter: 800);

    [Fact]
    public void Rice_codes_come_back_and_are_as_long_as_measured() => Numbers.Sample(
        numbers =>
        {
            var parameters = new byte[RiceCode.Parameters(numbers.Length)];
            var length = (int)((RiceCode.Measure(numbers, parameters) + 7) / 8);
            var padded = new byte[length + RiceCode.Padding];
            RiceCode.Write(numbers, parameters, padded.AsSpan(0, length));
            var read = new long[numbers.Length];
            RiceCode.Read(padded, length, read);
            Assert.Equal(numbers, read);
        },
        iter: 800);

    [Fact]
    public void Numbers_that_are_mostly_zero_are_stored_sparsely()
    {
        var numbers = new long[1000];
        numbers[0] = 5;
        numbers[999] = -1;
        using var writer = new PayloadWriter();
        NumberStream.Write(writer, numbers, planes: false);

        Assert.Equal((byte)Packing.Sparse, writer.Written[0]);
        Assert.InRange(writer.Length, 1, 40);
        AssertReads(writer.Written, numbers);
    }

    private static void AssertReads(ReadOnlySpan<byte> stream, long[] numbers)
    {
        var reader = new PayloadReader(stream);
        var layout = NumberStream.ReadLayout(ref reader, numbers.Length);
        Assert.Equal(0, reader.Remaining);
        var read = new long[numbers.Length];
        NumberStream.Read([.. stream, .. Enumerable.Repeat((byte)0xFF, RiceCode.Padding)], layout, read);
        Assert.Equal(numbers, read);
    }
}
