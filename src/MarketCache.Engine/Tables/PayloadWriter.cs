using System.Buffers;
using System.Buffers.Binary;

namespace MarketCache.Engine.Tables;

/// <summary>Collects the payload in a pooled buffer.</summary>
internal sealed class PayloadWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteVarint(ulong value)
    {
        var space = Grow(10);
        var n = 0;
        while (value >= 0x80)
        {
            space[n++] = (byte)(value | 0x80);
            value >>= 7;
        }

        space[n++] = (byte)value;
        Length += n;
    }

    public void WriteSigned(long value) => WriteVarint(ZigZag.Encode(value));

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>The next bytes, to be filled by the caller.</summary>
    public Span<byte> Reserve(int count)
    {
        var space = Grow(count)[..count];
        Length += count;
        return space;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private Span<byte> Grow(int count)
    {
        if (_buffer.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)Length + count))));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(Length);
    }
}
