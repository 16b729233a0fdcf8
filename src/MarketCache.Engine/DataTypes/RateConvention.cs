namespace MarketCache.Engine.DataTypes;

/// <summary>How a rate per year is quoted, and so what it yields over some days.</summary>
public enum RateConvention
{
    /// <summary>With a year's compounding: (1 + r)^(days / 365).</summary>
    Effective,

    /// <summary>
    /// Compounded twice a year: (1 + r / 2)^(2 · days / 365). Constant-maturity yields of the US Treasury are quoted so
    /// (home.treasury.gov, "Interest Rates - Frequently Asked Questions").
    /// </summary>
    BondEquivalent,

    /// <summary>
    /// Money market, simple interest over a year of 360 days: 1 + r · days / 360. Federal funds and SOFR are quoted so (newyorkfed.org,
    /// "Additional Information about Reference Rates").
    /// </summary>
    Act360,
}
