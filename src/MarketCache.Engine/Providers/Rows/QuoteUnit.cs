namespace MarketCache.Engine.Providers.Rows;

/// <summary>The units in which services quote prices: a currency, or a part of one such as pence.</summary>
internal static class QuoteUnit
{
    /// <summary>The ISO 4217 code of the currency that a unit is, or is a part of; the unit itself where it is no known part.</summary>
    /// <param name="unit">The unit as services write it: <c>GBp</c>, <c>ZAc</c>, <c>USD</c>.</param>
    public static string? CurrencyOf(string? unit) => unit is null ? null : Part(unit)?.Currency ?? unit;

    /// <summary>How many of one unit make another: 100 from pounds to pence; null if they are not of one currency.</summary>
    /// <param name="from">A unit.</param>
    /// <param name="to">Another.</param>
    public static double? Factor(string from, string to) =>
        string.Equals(CurrencyOf(from), CurrencyOf(to), StringComparison.Ordinal) ? (double)(Part(to)?.Parts ?? 1) / (Part(from)?.Parts ?? 1) : null;

    /// <summary>How many of the unit make its currency: 100 for pence, 1 for pounds; null for a currency that services quote in no parts.</summary>
    /// <param name="unit">A unit.</param>
    public static int? PartsOf(string? unit) => unit switch
    {
        "GBP" or "ZAR" or "ILS" or "KWD" => 1,
        _ => unit is null ? null : Part(unit)?.Parts,
    };

    /// <summary>The factor between a unit's currency and its part by which two prices in a row differ, as if the unit had changed between them; null where they do not.</summary>
    /// <param name="unit">The unit that both are said to be in.</param>
    /// <param name="before">The earlier price.</param>
    /// <param name="now">The later price.</param>
    public static int? StepBetween(string? unit, double? before, double? now)
    {
        if (PartsOf(unit) is not { } own)
        {
            return null;
        }

        var parts = own > 1 ? own : unit == "KWD" ? 1000 : 100;
        return Near(now / before, parts) || Near(before / now, parts) ? parts : null;
    }

    private static bool Near(double? change, int parts) => Math.Abs((change ?? 0) - parts) < 0.25 * parts;

    private static (string Currency, int Parts)? Part(string unit) => unit switch
    {
        "GBp" or "GBX" => ("GBP", 100),
        "ZAc" or "ZAX" => ("ZAR", 100),
        "ILA" => ("ILS", 100),
        "KWF" => ("KWD", 1000),
        "USX" => ("USD", 100),
        _ => null,
    };
}
