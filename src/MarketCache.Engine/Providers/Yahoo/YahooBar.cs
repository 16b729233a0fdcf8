namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>One row of a chart, as sent.</summary>
internal readonly record struct YahooBar(DateTime Time, double? Open, double? High, double? Low, double? Close, double? Volume, double? AdjustedClose)
{
    /// <summary>Whether it holds no price: an interval without trades, or a session that has not begun.</summary>
    public bool IsEmpty => Open is null && High is null && Low is null && Close is null;

    /// <summary>This bar and a later one of the same period as one.</summary>
    public YahooBar Then(YahooBar later) => new(
        Time,
        Open ?? later.Open,
        Largest(High, later.High),
        Smallest(Low, later.Low),
        later.Close ?? Close,
        Volume is null && later.Volume is null ? null : (Volume ?? 0) + (later.Volume ?? 0),
        later.AdjustedClose ?? AdjustedClose);

    private static double? Largest(double? a, double? b) => a is null || b > a ? b : a;

    private static double? Smallest(double? a, double? b) => a is null || b < a ? b : a;
}
