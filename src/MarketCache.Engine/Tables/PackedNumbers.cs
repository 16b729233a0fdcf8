using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>
/// Streams of unsigned numbers, held in signed variables by their bits. Each part of 128 is packed in as many bits as most of its
/// numbers need; the few that need more keep their high bits in a list behind (patched frames of reference). Nothing in a part
/// depends on the number before, so that reading costs about a nanosecond each.
/// </summary>
internal static class PackedNumbers
{
    public const int PartLength = 128;

    /// <summary>How many bytes past its end a stream's buffer must let the reader touch.</summary>
    public const int Padding = 16;

    private const int WidthMask = 0x7F;
    private const byte PatchFlag = 0x80;

    // What a load gives at least, beginning in a byte's last bit.
    private const int LoadedBits = 57;

    /// <summary>The bytes that the stream takes.</summary>
    public static long Measure(ReadOnlySpan<long> values)
    {
        long bytes = 0;
        for (var at = 0; at < values.Length; at += PartLength)
        {
            bytes += Plan(Part(values, at)).Bytes;
        }

        return bytes;
    }

    public static void Write(PayloadWriter writer, ReadOnlySpan<long> values)
    {
        Span<long> high = stackalloc long[PartLength];
        for (var at = 0; at < values.Length; at += PartLength)
        {
            var part = Part(values, at);
            var plan = Plan(part);
            if (plan.Patches == 0)
            {
                writer.WriteByte((byte)plan.Width);
                Pack(part, plan.Width, writer.Reserve(Bytes(part.Length, plan.Width)));
                continue;
            }

            writer.WriteByte((byte)(plan.Width | PatchFlag));
            writer.WriteByte((byte)plan.Patches);
            writer.WriteByte((byte)plan.HighWidth);
            Pack(part, plan.Width, writer.Reserve(Bytes(part.Length, plan.Width)));
            var rows = writer.Reserve(plan.Patches);
            var patch = 0;
            for (var i = 0; i < part.Length; i++)
            {
                if ((ulong)part[i] >> plan.Width is not 0 and var bits)
                {
                    rows[patch] = (byte)i;
                    high[patch++] = (long)bits;
                }
            }

            Pack(high[..patch], plan.HighWidth, writer.Reserve(Bytes(patch, plan.HighWidth)));
        }
    }

    /// <summary>Goes past a stream and checks that its numbers are there.</summary>
    public static void Skip(ref PayloadReader reader, int count)
    {
        for (var left = count; left > 0; left -= PartLength)
        {
            var length = Math.Min(left, PartLength);
            var head = reader.ReadByte();
            var width = head & WidthMask;
            if (width > 64)
            {
                TableFormat.Fail($"Numbers of {width} bits are impossible.");
            }

            if ((head & PatchFlag) == 0)
            {
                reader.Skip(Bytes(length, width));
                continue;
            }

            int patches = reader.ReadByte(), highWidth = reader.ReadByte();
            if (patches == 0 || patches > length || highWidth == 0 || width + highWidth > 64)
            {
                TableFormat.Fail($"{patches} numbers of {width} and {highWidth} bits are impossible.");
            }

            reader.Skip(Bytes(length, width) + patches + Bytes(patches, highWidth));
        }
    }

    /// <summary>Reads as many numbers as fit into <paramref name="values"/>.</summary>
    /// <param name="padded">Bytes that hold a stream which <see cref="Skip"/> has gone past, and <see cref="Padding"/> bytes more.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="values">Where the numbers go.</param>
    /// <exception cref="TableFormatException">A patch lies beyond its part.</exception>
    public static void Read(ReadOnlySpan<byte> padded, int offset, Span<long> values)
    {
        Span<long> high = stackalloc long[PartLength];
        for (var at = 0; at < values.Length; at += PartLength)
        {
            var part = values.Slice(at, Math.Min(PartLength, values.Length - at));
            var head = padded[offset++];
            var width = head & WidthMask;
            if ((head & PatchFlag) == 0)
            {
                Unpack(padded[offset..], width, part);
                offset += Bytes(part.Length, width);
                continue;
            }

            int patches = padded[offset], highWidth = padded[offset + 1];
            offset += 2;
            Unpack(padded[offset..], width, part);
            offset += Bytes(part.Length, width);
            var rows = padded.Slice(offset, patches);
            offset += patches;
            Unpack(padded[offset..], highWidth, high[..patches]);
            offset += Bytes(patches, highWidth);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i] >= part.Length)
                {
                    TableFormat.Fail("A patch lies beyond its part.");
                }

                part[rows[i]] |= high[i] << width;
            }
        }
    }

    private static int Bytes(int count, int width) => ((count * width) + 7) >> 3;

    private static ReadOnlySpan<long> Part(ReadOnlySpan<long> values, int at) => values.Slice(at, Math.Min(PartLength, values.Length - at));

    private static PartPlan Plan(ReadOnlySpan<long> part)
    {
        Span<byte> lengths = stackalloc byte[65];
        lengths.Clear();
        ulong all = 0;
        foreach (var value in part)
        {
            all |= (ulong)value;
            lengths[64 - BitOperations.LeadingZeroCount((ulong)value)]++;
        }

        var most = 64 - BitOperations.LeadingZeroCount(all);
        var best = new PartPlan(most, 0, 0, 1 + Bytes(part.Length, most));
        var patches = 0;
        for (var width = most - 1; width >= 0; width--)
        {
            patches += lengths[width + 1];
            var bytes = 3 + Bytes(part.Length, width) + patches + Bytes(patches, most - width);
            if (bytes < best.Bytes)
            {
                best = new PartPlan(width, patches, most - width, bytes);
            }
        }

        return best;
    }

    private static void Pack(ReadOnlySpan<long> values, int width, Span<byte> space)
    {
        if (width == 0)
        {
            return;
        }

        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        ulong pending = 0;
        var bits = 0;
        foreach (var value in values)
        {
            var low = (ulong)value & mask;
            pending |= low << bits;
            bits += width;
            if (bits >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(space, pending);
                space = space[8..];
                bits -= 64;
                pending = bits == 0 ? 0 : low >> (width - bits);
            }
        }

        for (; bits > 0; bits -= 8, pending >>= 8)
        {
            space[0] = (byte)pending;
            space = space[1..];
        }
    }

    private static void Unpack(ReadOnlySpan<byte> bytes, int width, Span<long> values)
    {
        if (width == 0)
        {
            values.Clear();
            return;
        }

        // The slice proves that every load below is within the buffer.
        ref var source = ref MemoryMarshal.GetReference(bytes[..(Bytes(values.Length, width) + Padding)]);
        nint position = 0;
        if (width <= LoadedBits)
        {
            var mask = (1L << width) - 1;
            foreach (ref var value in values)
            {
                value = (long)(Load(ref source, position >> 3) >> (int)(position & 7)) & mask;
                position += width;
            }
        }
        else
        {
            var mask = width == 64 ? -1 : (1L << width) - 1;
            foreach (ref var value in values)
            {
                var low = Load(ref source, position >> 3) >> (int)(position & 7);
                var high = Load(ref source, (position + 32) >> 3) >> (int)(position & 7);
                value = (long)((low & uint.MaxValue) | (high << 32)) & mask;
                position += width;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte source, nint at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref source, at));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }

    private readonly record struct PartPlan(int Width, int Patches, int HighWidth, int Bytes);
}
