using System.Runtime.CompilerServices;

namespace MarketCache.Engine.Tables;

/// <summary>Maps signed numbers near zero to small unsigned ones: 0, −1, 1, −2 … to 0, 1, 2, 3 …</summary>
internal static class ZigZag
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Puts the signed numbers in place of the unsigned ones.</summary>
    public static void Decode(Span<long> numbers)
    {
        foreach (ref var number in numbers)
        {
            number = Decode((ulong)number);
        }
    }
}
