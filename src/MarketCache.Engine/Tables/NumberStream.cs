using System.Numerics;
using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>Streams of unsigned numbers, held in signed variables by their bits: chooses, writes and reads their packing.</summary>
internal static class NumberStream
{
    /// <summary>Writes the numbers in their smallest packing, or as planes for Zstandard where that is asked for.</summary>
    public static void Write(PayloadWriter writer, ReadOnlySpan<long> values, bool planes, bool mayBeSparse = true)
    {
        ulong all = 0;
        var stored = 0;
        foreach (var value in values)
        {
            all |= (ulong)value;
            stored += value == 0 ? 0 : 1;
        }

        if (all == 0)
        {
            writer.WriteByte((byte)Packing.Zero);
            return;
        }

        if (mayBeSparse && stored <= values.Length / 3 && WriteSparse(writer, values, stored, planes))
        {
            return;
        }

        var width = 64 - BitOperations.LeadingZeroCount(all);
        if (planes)
        {
            WritePlanes(writer, values, (width + 7) / 8);
            return;
        }

        var count = RiceCode.Parameters(values.Length);
        Span<byte> parameters = count <= 64 ? stackalloc byte[64] : new byte[count];
        parameters = parameters[..count];
        var rice = (RiceCode.Measure(values, parameters) + 7) / 8;
        var fixedWidth = (((long)values.Length * width) + 7) / 8;
        if (fixedWidth <= rice + 2)
        {
            writer.WriteByte((byte)Packing.Fixed);
            writer.WriteByte((byte)width);
            WriteFixed(values, width, writer.Reserve(checked((int)fixedWidth)));
        }
        else
        {
            writer.WriteByte((byte)Packing.Rice);
            writer.WriteVarint((ulong)rice);
            RiceCode.Write(values, parameters, writer.Reserve(checked((int)rice)));
        }
    }

    /// <summary>Reads a stream's head and checks that its numbers are there, as far as that can be told without reading them.</summary>
    public static StreamLayout ReadLayout(ref PayloadReader reader, int count, bool mayBeSparse = true)
    {
        var packing = (Packing)reader.ReadByte();
        var width = 0;
        var stored = 0;
        long length = 0;
        switch (packing)
        {
            case Packing.Zero:
                break;
            case Packing.Rice:
                length = reader.ReadCount(reader.Remaining);
                var parts = ((long)count + RiceCode.PartLength - 1) / RiceCode.PartLength;
                if (length * 8 < count + (parts * RiceCode.ParameterBits))
                {
                    TableFormat.Fail("A stream is too short for its numbers.");
                }

                break;
            case Packing.Fixed:
                width = reader.ReadByte();
                if (width is 0 or > 64)
                {
                    TableFormat.Fail($"Numbers of {width} bits are impossible.");
                }

                length = (((long)count * width) + 7) / 8;
                break;
            case Packing.Planes:
                width = reader.ReadByte();
                if (width is 0 or > 8)
                {
                    TableFormat.Fail($"Numbers of {width} bytes are impossible.");
                }

                length = (long)count * width;
                break;
            case Packing.Sparse when mayBeSparse:
                stored = reader.ReadCount(count);
                var start = reader.Position;
                ReadLayout(ref reader, stored, mayBeSparse: false);
                ReadLayout(ref reader, stored, mayBeSparse: false);
                return new StreamLayout(packing, count, 0, start, reader.Position - start, stored);
            default:
                TableFormat.Fail($"Packing {(byte)packing} is unknown.");
                break;
        }

        if (length > reader.Remaining)
        {
            TableFormat.Fail("A stream is longer than the payload.");
        }

        var offset = reader.Position;
        reader.Skip((int)length);
        return new StreamLayout(packing, count, width, offset, (int)length, stored);
    }

    /// <summary>Reads the numbers.</summary>
    /// <param name="padded">The payload, followed by <see cref="RiceCode.Padding"/> bytes.</param>
    /// <param name="stream">Where the stream lies.</param>
    /// <param name="values">As many as the stream holds.</param>
    public static void Read(ReadOnlySpan<byte> padded, in StreamLayout stream, Span<long> values)
    {
        switch (stream.Packing)
        {
            case Packing.Zero:
                values.Clear();
                break;
            case Packing.Rice:
                RiceCode.Read(padded[stream.Offset..], stream.Length, values);
                break;
            case Packing.Fixed:
                ReadFixed(padded[stream.Offset..], stream, values);
                break;
            case Packing.Planes:
                ReadPlanes(padded.Slice(stream.Offset, stream.Length), stream.Width, values);
                break;
            default:
                ReadSparse(padded, stream, values);
                break;
        }
    }

    private static bool WriteSparse(PayloadWriter writer, ReadOnlySpan<long> values, int stored, bool planes)
    {
        var gaps = NumberPool.Rent(stored);
        var kept = NumberPool.Rent(stored);
        var at = 0;
        var last = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
            {
                gaps[at] = i - last - 1;
                kept[at++] = values[i] - 1;
                last = i;
            }
        }

        var keptSpan = new Span<long>(kept, 0, stored);
        var gapsSpan = new Span<long>(gaps, 0, stored);
        var worth = Bits(keptSpan) + Bits(gapsSpan) + 32 < Bits(values);
        if (worth)
        {
            writer.WriteByte((byte)Packing.Sparse);
            writer.WriteVarint((ulong)stored);
            Write(writer, gapsSpan, planes, mayBeSparse: false);
            Write(writer, keptSpan, planes, mayBeSparse: false);
        }

        NumberPool.Return(gaps);
        NumberPool.Return(kept);
        return worth;
    }

    private static long Bits(ReadOnlySpan<long> values) => RiceCode.Measure(values, new byte[RiceCode.Parameters(values.Length)]);

    private static void ReadSparse(ReadOnlySpan<byte> padded, in StreamLayout stream, Span<long> values)
    {
        var gaps = NumberPool.Rent(stream.Stored);
        var kept = NumberPool.Rent(stream.Stored);
        try
        {
            var reader = new PayloadReader(padded, stream.Offset);
            var gapsSpan = new Span<long>(gaps, 0, stream.Stored);
            var keptSpan = new Span<long>(kept, 0, stream.Stored);
            Read(padded, ReadLayout(ref reader, stream.Stored, mayBeSparse: false), gapsSpan);
            Read(padded, ReadLayout(ref reader, stream.Stored, mayBeSparse: false), keptSpan);
            values.Clear();
            long at = -1;
            for (var i = 0; i < gapsSpan.Length; i++)
            {
                if ((ulong)gapsSpan[i] >= (ulong)(values.Length - at - 1))
                {
                    TableFormat.Fail("A sparse stream has a number beyond its end.");
                }

                at += gapsSpan[i] + 1;
                values[(int)at] = keptSpan[i] + 1;
            }
        }
        finally
        {
            NumberPool.Return(gaps);
            NumberPool.Return(kept);
        }
    }

    private static void WriteFixed(ReadOnlySpan<long> values, int width, Span<byte> space)
    {
        var writer = new BitWriter(space);
        foreach (var value in values)
        {
            writer.Write((ulong)value, width);
        }

        writer.Flush();
    }

    private static void ReadFixed(ReadOnlySpan<byte> bytes, in StreamLayout stream, Span<long> values)
    {
        // The layout's check has made sure that the numbers end within the stream.
        ref var source = ref MemoryMarshal.GetReference(bytes[..(stream.Length + RiceCode.Padding)]);
        long position = 0;
        var width = stream.Width;
        if (width <= 57)
        {
            var mask = (1UL << width) - 1;
            for (var i = 0; i < values.Length; i++, position += width)
            {
                values[i] = (long)(RiceCode.Load(ref source, position) & mask);
            }
        }
        else
        {
            var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
            for (var i = 0; i < values.Length; i++, position += width)
            {
                values[i] = (long)(RiceCode.LoadFull(ref source, position) & mask);
            }
        }
    }

    private static void WritePlanes(PayloadWriter writer, ReadOnlySpan<long> values, int width)
    {
        writer.WriteByte((byte)Packing.Planes);
        writer.WriteByte((byte)width);
        var space = writer.Reserve(checked(values.Length * width));
        for (var plane = 0; plane < width; plane++)
        {
            var target = space.Slice(plane * values.Length, values.Length);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = (byte)(values[i] >> (8 * plane));
            }
        }
    }

    private static void ReadPlanes(ReadOnlySpan<byte> bytes, int width, Span<long> values)
    {
        values.Clear();
        for (var plane = 0; plane < width; plane++)
        {
            var source = bytes.Slice(plane * values.Length, values.Length);
            for (var i = 0; i < source.Length; i++)
            {
                values[i] |= (long)source[i] << (8 * plane);
            }
        }
    }
}
