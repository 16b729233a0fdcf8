namespace MarketCache;

/// <summary>What a caller wants to know: one data type of one ticker (or none) over a range of days.</summary>
/// <remarks>Nothing secret belongs here; keys are supplied to providers by configuration.</remarks>
public sealed record DataRequest
{
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>(0);

    /// <summary>The data type's name in the catalog, e.g. <c>OHLCV</c>; case makes no difference.</summary>
    public required string DataType { get; init; }

    /// <summary>The ticker as the provider spells it, e.g. <c>AAPL</c> or <c>VOD.L</c>; null for types without one. Case makes no difference.</summary>
    public string? Ticker { get; init; }

    /// <summary>First day wanted, in the calendar of the series' exchange.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>Last day wanted, inclusive. Days to come are not requested.</summary>
    public required DateOnly End { get; init; }

    /// <summary>Bar length: <c>daily</c> (default), <c>weekly</c>, <c>monthly</c>, <c>quarterly</c>, <c>annual</c>, or <c>1m</c> to <c>1h</c>.</summary>
    public string Frequency { get; init; } = "daily";

    /// <summary>The provider asked, or null for the data type's configured chain.</summary>
    public string? Provider { get; init; }

    /// <summary>Further parameters, e.g. <c>method = yoy</c>; names without regard to case, order without meaning.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = NoParameters;

    /// <summary>
    /// Whether bars before the open and after the close are wanted, of intraday bars: true for all that the provider has, false for none;
    /// null for what the provider sends by default.
    /// </summary>
    public bool? ExtendedHours { get; init; }
}
