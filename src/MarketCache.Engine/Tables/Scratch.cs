using System.Buffers;
using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>Pooled arrays that live as long as one encoding.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly List<long[]> _rented = [];

    public Memory<long> Rent(int count)
    {
        var array = ArrayPool<long>.Shared.Rent(count);
        _rented.Add(array);
        return array.AsMemory(0, count);
    }

    public void Dispose()
    {
        foreach (var array in _rented)
        {
            ArrayPool<long>.Shared.Return(array);
        }

        _rented.Clear();
    }

    /// <summary>The same memory taken as unsigned numbers.</summary>
    public static Span<ulong> Unsigned(Span<long> numbers) => MemoryMarshal.Cast<long, ulong>(numbers);
}
