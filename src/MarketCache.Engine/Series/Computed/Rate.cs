using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series.Computed;

/// <summary>What rates yield, by the convention in which they are quoted.</summary>
internal static class Rate
{
    /// <summary>What one unit becomes over some days.</summary>
    /// <param name="rate">The rate per year, as a fraction.</param>
    /// <param name="convention">How it is quoted.</param>
    /// <param name="days">Calendar days.</param>
    public static double Growth(double rate, RateConvention convention, double days) => convention switch
    {
        RateConvention.Act360 => 1 + (rate * days / 360),
        RateConvention.BondEquivalent => Math.Pow(1 + (rate / 2), 2 * days / 365),
        _ => Math.Pow(1 + rate, days / 365),
    };

    /// <summary>What one unit becomes over a year; overnight rates are compounded daily.</summary>
    /// <param name="rate">The rate per year, as a fraction.</param>
    /// <param name="convention">How it is quoted.</param>
    public static double YearlyGrowth(double rate, RateConvention convention) =>
        convention == RateConvention.Act360 ? Math.Pow(Growth(rate, convention, 1), 365) : Growth(rate, convention, 365);
}
