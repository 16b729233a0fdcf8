using System.Buffers.Binary;

namespace MarketCache.Engine.Tables;

/// <summary>Writes numbers of any width, least significant bit first, into a space cleared before.</summary>
internal ref struct BitWriter
{
    private readonly Span<byte> _space;
    private ulong _pending;
    private int _pendingBits;
    private int _at;

    public BitWriter(Span<byte> space) => _space = space;

    /// <summary>Writes the lowest bits of the value; higher ones must be zero.</summary>
    public void Write(ulong value, int bits)
    {
        if (bits > 32)
        {
            Append(value & uint.MaxValue, 32);
            value >>= 32;
            bits -= 32;
        }

        Append(value, bits);
    }

    /// <summary>Writes what is left, the last byte filled up with zero bits.</summary>
    public void Flush()
    {
        while (_pendingBits > 0)
        {
            _space[_at++] = (byte)_pending;
            _pending >>= 8;
            _pendingBits -= 8;
        }
    }

    private void Append(ulong value, int bits)
    {
        _pending |= value << _pendingBits;
        _pendingBits += bits;
        if (_pendingBits >= 32)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_space[_at..], (uint)_pending);
            _at += 4;
            _pending >>= 32;
            _pendingBits -= 32;
        }
    }
}
