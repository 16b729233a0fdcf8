namespace MarketCache.Engine.Series;

/// <summary>The part of a request that decides its route, compared as users expect: without regard to case.</summary>
/// <param name="DataType">The data type as requested.</param>
/// <param name="Ticker">The ticker as requested.</param>
/// <param name="Frequency">The frequency as requested.</param>
/// <param name="Provider">The provider.</param>
internal readonly record struct RouteKey(string DataType, string? Ticker, string Frequency, string Provider)
{
    /// <inheritdoc/>
    public bool Equals(RouteKey other) =>
        string.Equals(Ticker, other.Ticker, StringComparison.OrdinalIgnoreCase)
        && string.Equals(DataType, other.DataType, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Frequency, other.Frequency, StringComparison.Ordinal)
        && string.Equals(Provider, other.Provider, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var ticker = Ticker is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Ticker);
        return HashCode.Combine(ticker, StringComparer.OrdinalIgnoreCase.GetHashCode(DataType), Frequency.Length, Provider.Length);
    }
}
