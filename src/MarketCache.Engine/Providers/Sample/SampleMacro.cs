namespace MarketCache.Engine.Providers.Sample;

/// <summary>Made-up interest rates and price indices, so that computed data types can be tried without a network.</summary>
internal static class SampleMacro
{
    private static readonly DateOnly First = new(1990, 1, 1);

    /// <summary>Levels in hundredths of a percent: where the path of a rate runs.</summary>
    private static readonly Dictionary<string, int> Rates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["FED_FUNDS"] = 250,
        ["SOFR"] = 245,
        ["TREASURY_3M"] = 240,
        ["TREASURY_6M"] = 255,
        ["TREASURY_1Y"] = 270,
        ["TREASURY_2Y"] = 285,
        ["TREASURY_5Y"] = 320,
        ["TREASURY_10Y"] = 360,
        ["TREASURY_20Y"] = 400,
        ["TREASURY_30Y"] = 410,
        ["TIPS_5Y"] = 90,
        ["TIPS_10Y"] = 120,
        ["TIPS_30Y"] = 150,
    };

    /// <summary>Index at the start, in thousandths.</summary>
    private static readonly Dictionary<string, int> Indices = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CPI_INDEX"] = 127500,
        ["PCE_INDEX"] = 65000,
    };

    public static IEnumerable<string> RateTypes => Rates.Keys;

    public static IEnumerable<string> IndexTypes => Indices.Keys;

    public static bool IsRate(string dataType) => Rates.ContainsKey(dataType);

    public static bool IsIndex(string dataType) => Indices.ContainsKey(dataType);

    /// <summary>A rate as a fraction, in whole basis points.</summary>
    public static double Rate(string dataType, DateOnly date)
    {
        // One path moves all maturities together, so that the curve keeps its shape.
        var common = SampleHash.Seed("RATES");
        var basisPoints = Rates[dataType]
            + SampleHash.Path(common, date.DayNumber, 1500, 180)
            + SampleHash.Path(common, date.DayNumber, 90, 25)
            + SampleHash.Path(SampleHash.Seed(dataType), date.DayNumber, 5, 4);
        return basisPoints / 10000.0;
    }

    /// <summary>The months of an index up to the one published last, with its level in thousandths.</summary>
    public static IEnumerable<(DateOnly Month, long Level)> Index(string dataType, DateTime now)
    {
        var seed = SampleHash.Seed(dataType);
        long level = Indices[dataType];
        for (var month = First; Published(month) <= now; month = month.AddMonths(1))
        {
            yield return (month, level);
            level += level * (10 + SampleHash.Below(seed, (month.Year * 12) + month.Month, 28)) / 10000;
        }
    }

    /// <summary>A month is published on the 13th of the next at 13:30 UTC.</summary>
    private static DateTime Published(DateOnly month) => month.AddMonths(1).AddDays(12).ToDateTime(new TimeOnly(13, 30), DateTimeKind.Utc);
}
