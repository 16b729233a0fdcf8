namespace MarketCache.Engine.Tables;

/// <summary>
/// Arrays of numbers to work in, a few kept per thread. The framework's pool would do as well, but its code for numbers has to be compiled
/// when it is first used, in every process: milliseconds of the first answer from disk.
/// </summary>
internal static class NumberPool
{
    /// <summary>Arrays of up to this length are kept: 64 KiB each.</summary>
    public const int KeptLength = 8000;

    private const int KeptPerThread = 10;

    [ThreadStatic]
    private static long[]?[]? _kept;

    /// <summary>An array of at least that length, with any content.</summary>
    public static long[] Rent(int count)
    {
        if (count > KeptLength)
        {
            return new long[count];
        }

        if (_kept is { } kept)
        {
            for (var i = 0; i < kept.Length; i++)
            {
                if (kept[i] is { } array && array.Length >= count)
                {
                    kept[i] = null;
                    return array;
                }
            }
        }

        return new long[Math.Max(count, 512)];
    }

    /// <summary>Gives an array back; it must not be used any more.</summary>
    public static void Return(long[] array)
    {
        if (array.Length > KeptLength)
        {
            return;
        }

        var kept = _kept ??= new long[]?[KeptPerThread];
        var shortest = 0;
        for (var i = 0; i < kept.Length; i++)
        {
            if (kept[i] is not { } other)
            {
                kept[i] = array;
                return;
            }

            shortest = other.Length < kept[shortest]!.Length ? i : shortest;
        }

        if (kept[shortest]!.Length < array.Length)
        {
            kept[shortest] = array;
        }
    }
}
