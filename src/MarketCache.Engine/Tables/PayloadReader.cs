using System.Buffers.Binary;

namespace MarketCache.Engine.Tables;

/// <summary>Reads the payload's fields in order and never past its end.</summary>
internal ref struct PayloadReader
{
    private readonly ReadOnlySpan<byte> _bytes;

    public PayloadReader(ReadOnlySpan<byte> bytes, int position = 0)
    {
        _bytes = bytes;
        Position = position;
    }

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public byte ReadByte()
    {
        if (Position >= _bytes.Length)
        {
            Truncated();
        }

        return _bytes[Position++];
    }

    /// <summary>An unsigned LEB128 number.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = ReadByte();
            if (shift == 63 && b > 1)
            {
                break;
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        TableFormat.Fail("A number is longer than 64 bits.");
        return 0;
    }

    /// <summary>A zigzag-mapped LEB128 number.</summary>
    public long ReadSigned() => ZigZag.Decode(ReadVarint());

    /// <summary>A number of things of which at most so many make sense.</summary>
    public int ReadCount(int most)
    {
        var value = ReadVarint();
        if (value > (ulong)most)
        {
            TableFormat.Fail($"A count of {value} exceeds the possible {most}.");
        }

        return (int)value;
    }

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(sizeof(ulong)));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        Skip(count);
        return _bytes.Slice(Position - count, count);
    }

    public void Skip(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Truncated();
        }

        Position += count;
    }

    private static void Truncated() => TableFormat.Fail("The payload ends too early.");
}
