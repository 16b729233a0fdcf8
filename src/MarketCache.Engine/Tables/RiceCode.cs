using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>
/// Golomb-Rice codes: a number's quotient by 2^k as so many zero bits and a one, then its k lowest bits; least significant
/// bit first. Price moves are close to geometrically distributed, for which the code is within a few percent of the
/// entropy, without tables to store or build. Every 1,024 numbers carry their own k in six bits; a quotient of 24
/// or more is an escape: 24 zero bits, then the number in 64.
/// </summary>
internal static class RiceCode
{
    public const int PartLength = 1024;
    public const int ParameterBits = 6;
    public const int EscapeZeros = 24;

    private const int MaxWrittenParameter = 62;

    // What a load gives at least, beginning in a byte's last bit.
    private const int LoadedBits = 57;

    /// <summary>How many bytes past its end a stream's buffer must let the reader touch.</summary>
    public const int Padding = 32;

    /// <summary>How many parameters so many numbers have.</summary>
    public static int Parameters(int count) => (int)(((long)count + PartLength - 1) / PartLength);

    /// <summary>Finds the best parameters and the bits that the numbers take with them.</summary>
    public static long Measure(ReadOnlySpan<long> values, Span<byte> parameters)
    {
        long bits = 0;
        for (var part = 0; part < parameters.Length; part++)
        {
            parameters[part] = (byte)BestParameter(Part(values, part), out var partBits);
            bits += partBits + ParameterBits;
        }

        return bits;
    }

    public static void Write(ReadOnlySpan<long> values, ReadOnlySpan<byte> parameters, Span<byte> space)
    {
        var writer = new BitWriter(space);
        for (var part = 0; part < parameters.Length; part++)
        {
            var k = parameters[part];
            writer.Write(k, ParameterBits);
            foreach (var number in Part(values, part))
            {
                var value = (ulong)number;
                var quotient = value >> k;
                if (quotient >= EscapeZeros)
                {
                    writer.Write(0, EscapeZeros);
                    writer.Write(value, 64);
                    continue;
                }

                var rest = value & ((1UL << k) - 1);
                if (k <= 64 - EscapeZeros)
                {
                    writer.Write((rest << 1 | 1) << (int)quotient, (int)quotient + 1 + k);
                }
                else
                {
                    writer.Write(1UL << (int)quotient, (int)quotient + 1);
                    writer.Write(rest, k);
                }
            }
        }

        writer.Flush();
    }

    /// <summary>Reads as many numbers as fit into <paramref name="values"/>.</summary>
    /// <param name="bytes">The stream, followed by at least <see cref="Padding"/> readable bytes in memory.</param>
    /// <param name="length">The stream's bytes without the padding.</param>
    /// <param name="values">Where the numbers go.</param>
    /// <exception cref="TableFormatException">The stream is not exactly as long as the numbers need.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, int length, Span<long> values)
    {
        if (bytes.Length < length + Padding)
        {
            throw new ArgumentException("The buffer is not padded.", nameof(bytes));
        }

        ref var source = ref MemoryMarshal.GetReference(bytes);
        var end = (long)length * 8;
        long position = 0;
        for (var at = 0; at < values.Length; at += PartLength)
        {
            var part = values.Slice(at, Math.Min(PartLength, values.Length - at));
            if (position + ParameterBits > end)
            {
                Truncated();
            }

            var k = (int)(Load(ref source, position) & ((1 << ParameterBits) - 1));
            position += ParameterBits;
            position = k <= 32 ? ReadPart(ref source, position, end, k, part) : ReadWidePart(ref source, position, end, k, part);
        }

        if (position > end || end - position >= 8)
        {
            TableFormat.Fail("A stream is not as long as its numbers need.");
        }
    }

    // Each code's length is known only when it has been read, so that the processor waits for load, count and addition in turn.
    // Where two or three codes are likely to be in one load, they share it; where they are not, they are read one by one.
    private static long ReadPart(ref byte source, long position, long end, int k, Span<long> values)
    {
        var mask = (1UL << k) - 1;
        var skip = k + 1;
        var i = 0;
        if (k <= 13)
        {
            while (i < values.Length - 2 && position < end)
            {
                var window = Load(ref source, position);
                var first = BitOperations.TrailingZeroCount(window);
                var second = BitOperations.TrailingZeroCount(window >> (first + skip));
                var third = BitOperations.TrailingZeroCount(window >> (first + second + (2 * skip)));
                var length = first + second + third + (3 * skip);
                if (length > LoadedBits || (first | second | third) >= 16)
                {
                    position = ReadOne(ref source, position, end, k, out values[i++]);
                    continue;
                }

                values[i] = (long)(((ulong)first << k) | ((window >> (first + 1)) & mask));
                values[i + 1] = (long)(((ulong)second << k) | ((window >> (first + skip + second + 1)) & mask));
                values[i + 2] = (long)(((ulong)third << k) | ((window >> (first + second + (2 * skip) + third + 1)) & mask));
                i += 3;
                position += length;
            }
        }
        else if (k <= 22)
        {
            while (i < values.Length - 1 && position < end)
            {
                var window = Load(ref source, position);
                var first = BitOperations.TrailingZeroCount(window);
                var second = BitOperations.TrailingZeroCount(window >> (first + skip));
                var length = first + second + (2 * skip);
                if (length > LoadedBits || (first | second) >= 16)
                {
                    position = ReadOne(ref source, position, end, k, out values[i++]);
                    continue;
                }

                values[i] = (long)(((ulong)first << k) | ((window >> (first + 1)) & mask));
                values[i + 1] = (long)(((ulong)second << k) | ((window >> (first + skip + second + 1)) & mask));
                i += 2;
                position += length;
            }
        }

        for (; i < values.Length; i++)
        {
            position = ReadOne(ref source, position, end, k, out values[i]);
        }

        return position;
    }

    // 24 + 1 + 32 bits are in one load wherever in a byte they begin.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ReadOne(ref byte source, long position, long end, int k, out long value)
    {
        if (position >= end)
        {
            Truncated();
        }

        var window = Load(ref source, position);
        var quotient = BitOperations.TrailingZeroCount(window);
        if (quotient >= EscapeZeros)
        {
            value = (long)ReadEscape(ref source, position, end);
            return position + EscapeZeros + 64;
        }

        value = (long)(((ulong)quotient << k) | ((window >> (quotient + 1)) & ((1UL << k) - 1)));
        return position + quotient + k + 1;
    }

    private static long ReadWidePart(ref byte source, long position, long end, int k, Span<long> values)
    {
        var mask = (1UL << k) - 1;
        for (var i = 0; i < values.Length; i++)
        {
            if (position >= end)
            {
                Truncated();
            }

            var quotient = BitOperations.TrailingZeroCount(Load(ref source, position));
            if (quotient >= EscapeZeros)
            {
                values[i] = (long)ReadEscape(ref source, position, end);
                position += EscapeZeros + 64;
                continue;
            }

            position += quotient + 1;
            if (position + k > end)
            {
                Truncated();
            }

            values[i] = (long)(((ulong)quotient << k) | (LoadFull(ref source, position) & mask));
            position += k;
        }

        return position;
    }

    private static ulong ReadEscape(ref byte source, long position, long end)
    {
        if (position + EscapeZeros + 64 > end)
        {
            Truncated();
        }

        return LoadFull(ref source, position + EscapeZeros);
    }

    /// <summary>At least 57 bits from the position on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Load(ref byte source, long position)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref source, (nint)(position >> 3)));
        return (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)) >> (int)(position & 7);
    }

    /// <summary>All 64 bits from the position on.</summary>
    internal static ulong LoadFull(ref byte source, long position)
    {
        var low = Load(ref source, position) & uint.MaxValue;
        return low | (Load(ref source, position + 32) << 32);
    }

    private static ReadOnlySpan<long> Part(ReadOnlySpan<long> values, int part)
    {
        var from = part * PartLength;
        return values.Slice(from, Math.Min(PartLength, values.Length - from));
    }

    private static int BestParameter(ReadOnlySpan<long> values, out long bits)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += (ulong)value;
        }

        // The best k is near log2 of the mean × ln 2; escapes and outliers can pull it a few steps either way.
        var mean = sum / values.Length * 0.69;
        var k = mean < 1 ? 0 : Math.Min(MaxWrittenParameter, BitOperations.Log2((ulong)Math.Min(mean, long.MaxValue)));
        bits = Cost(values, k);
        for (var step = -1; step <= 1; step += 2)
        {
            while (k + step is >= 0 and <= MaxWrittenParameter)
            {
                var other = Cost(values, k + step);
                if (other >= bits)
                {
                    break;
                }

                bits = other;
                k += step;
            }
        }

        return k;
    }

    private static long Cost(ReadOnlySpan<long> values, int k)
    {
        var bits = (long)values.Length * (k + 1);
        foreach (var value in values)
        {
            var quotient = (ulong)value >> k;
            bits += quotient < EscapeZeros ? (long)quotient : EscapeZeros + 63 - k;
        }

        return bits;
    }

    private static void Truncated() => TableFormat.Fail("A stream ends too early.");
}
