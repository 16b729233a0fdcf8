using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>The same memory as another type of the same size.</summary>
internal static class Reinterpret
{
    public static Span<long> AsNumbers(Span<double> doubles) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<double, long>(ref MemoryMarshal.GetReference(doubles)), doubles.Length);

    public static Span<double> AsDoubles(Span<long> numbers) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<long, double>(ref MemoryMarshal.GetReference(numbers)), numbers.Length);
}
