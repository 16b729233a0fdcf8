namespace MarketCache.Engine.Tables;

/// <summary>A window of working memory.</summary>
/// <param name="array">The array it lies in.</param>
/// <param name="offset">Where it begins.</param>
/// <param name="count">How many numbers it holds.</param>
internal readonly struct Numbers(long[] array, int offset, int count)
{
    public int Count => count;

    public Span<long> Span => new(array, offset, count);
}
