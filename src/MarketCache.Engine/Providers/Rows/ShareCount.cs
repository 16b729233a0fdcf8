namespace MarketCache.Engine.Providers.Rows;

/// <summary>Numbers of shares, which services write as decimal numbers and tables hold as whole ones.</summary>
internal static class ShareCount
{
    /// <summary>Whether a number can be one; what is larger than any is no data.</summary>
    public static bool IsOne(double count) => Math.Abs(Math.Round(count)) < 9223372036854775808.0;

    /// <summary>Numbers that can be some as a column, rounded; null stays null.</summary>
    public static MarketColumn Column(string name, IReadOnlyList<double?> counts) =>
        MarketColumn.OfLongs(name, [.. counts.Select(count => (long)Math.Round(count ?? 0))], [.. counts.Select(count => count is not null)]);
}
