namespace MarketCache.Engine.Tables;

/// <summary>Where the rows of a column go.</summary>
/// <param name="values">The array of the values.</param>
/// <param name="validity">The array of the validity flags; null if no row is null.</param>
/// <param name="offset">The first row in both.</param>
internal readonly struct ColumnWindow(Array values, bool[]? validity, int offset)
{
    public bool HasValidity => validity is not null;

    public Span<T> Values<T>(int count) => new((T[])values, offset, count);

    /// <summary>Moves rows within the window.</summary>
    public void Move(int from, int to, int count) => Array.Copy(values, offset + from, values, offset + to, count);

    public void Clear(int from, int count) => Array.Clear(values, offset + from, count);

    public Span<bool> Validity(int count) => new(validity, offset, count);
}
