namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>One row of a chart, as sent.</summary>
internal readonly record struct YahooBar(DateTime Time, double? Open, double? High, double? Low, double? Close, double? Volume, double? AdjustedClose)
{
    /// <summary>Whether it holds no price: an interval without trades, or a session that has not begun.</summary>
    public bool IsEmpty => Open is null && High is null && Low is null && Close is null;

    /// <summary>Whether a later bar of the same period may be a part of this one: it ends where this one does and lies within it.</summary>
    public bool Contains(YahooBar later) =>
        Close is { } close && Math.Abs((later.Close ?? double.NaN) - close) is var apart && apart <= Rounding(close)
        && !(later.High > High + Rounding(close)) && !(later.Low < Low - Rounding(close)) && !(later.Volume > Volume);

    /// <summary>This bar and a later one of the same period as one.</summary>
    public YahooBar Then(YahooBar later) => new(
        Time,
        Open ?? later.Open,
        Largest(High, later.High),
        Smallest(Low, later.Low),
        later.Close ?? Close,
        Volume is null && later.Volume is null ? null : (Volume ?? 0) + (later.Volume ?? 0),
        later.AdjustedClose ?? AdjustedClose);

    private static double Rounding(double price) => 1e-6 * Math.Abs(price);

    private static double? Largest(double? a, double? b) => a is null || b > a ? b : a;

    private static double? Smallest(double? a, double? b) => a is null || b < a ? b : a;
}
