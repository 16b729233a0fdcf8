using System.Buffers;

namespace MarketCache.Engine.Storage;

/// <summary>The verified bytes of an object in a rented buffer; dispose to give it back.</summary>
internal struct ObjectBuffer : IDisposable
{
    private byte[]? _rented;
    private readonly int _length;

    public ObjectBuffer(byte[] rented, int length)
    {
        _rented = rented;
        _length = length;
    }

    /// <summary>The bytes; not to be used after <see cref="Dispose"/>.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    /// <summary>The same as memory.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _rented.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
