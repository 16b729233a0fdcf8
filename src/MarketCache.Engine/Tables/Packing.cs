namespace MarketCache.Engine.Tables;

/// <summary>How a stream of unsigned numbers is laid out.</summary>
internal enum Packing : byte
{
    /// <summary>Every number is zero; nothing is stored.</summary>
    Zero = 0,

    /// <summary>Golomb-Rice codes, a parameter for every 1,024 numbers.</summary>
    Rice = 1,

    /// <summary>The same number of bits for each.</summary>
    Fixed = 2,

    /// <summary>The lowest bytes of all numbers, then the next ones and so on: food for Zstandard.</summary>
    Planes = 3,

    /// <summary>Only the numbers that are not zero, and the gaps between them.</summary>
    Sparse = 4,
}
