namespace MarketCache.Engine.Tables;

/// <summary>Where in the payload a stream of numbers lies.</summary>
/// <param name="Packing">Its layout.</param>
/// <param name="Count">How many numbers it holds; of a sparse one, how many it stands for.</param>
/// <param name="Width">Bits (fixed) or bytes (planes) of a number.</param>
/// <param name="Offset">First byte of its numbers.</param>
/// <param name="Length">Bytes of its numbers.</param>
/// <param name="Stored">Of a sparse stream: numbers that are not zero.</param>
internal readonly record struct StreamLayout(Packing Packing, int Count, int Width, int Offset, int Length, int Stored);
