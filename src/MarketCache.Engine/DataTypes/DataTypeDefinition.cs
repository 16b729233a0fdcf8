namespace MarketCache.Engine.DataTypes;

/// <summary>What MarketCache knows of a data type: an entry of the catalog.</summary>
public sealed record DataTypeDefinition
{
    /// <summary>Its name in the catalog's spelling, e.g. <c>OHLCV</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A description in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>How its rows lie in time.</summary>
    public DataShape Shape { get; init; }

    /// <summary>Whether a request must name a ticker; types without one must not.</summary>
    public bool NeedsTicker { get; init; }

    /// <summary>Unit of the values: <c>fraction</c>, <c>index</c>, <c>shares</c>…; null for the currency of the listing, which the provider reports.</summary>
    public string? Unit { get; init; }

    /// <summary>The canonical frequency the data is published at; requests for a higher one make no sense.</summary>
    public string NativeFrequency { get; init; } = "daily";

    /// <summary>The columns in order, the key (<c>Date</c>) first. In intraday series the key is <c>Time</c>.</summary>
    public IReadOnlyList<string> Columns { get; init; } = ["Date", "Value"];

    /// <summary>The column of single-value types, and what computed types use of the others: <c>Close</c> of OHLCV.</summary>
    public string ValueColumn { get; init; } = "Value";

    /// <summary>The default provider chain, first choice first; empty for computed types.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>How long rows that are not final may be served.</summary>
    public required TtlOptions Ttl { get; init; }

    /// <summary>How long after the session's close and the exchange's lag a row may still be corrected.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>How long after its period's end a row may still be revised, regardless of <see cref="Settle"/>; null for never.</summary>
    public TimeSpan? RevisionWindow { get; init; }

    /// <summary>An absent period this many periods old stays absent; null for the configured bound. Longer for types that are published later than they are dated.</summary>
    public int? AbsentSessions { get; init; }

    /// <summary>How long after its period's end a row counts as published, for computed types that look at no figure before its time.</summary>
    public TimeSpan PublishedAfter { get; init; }

    /// <summary>How the values are quoted, where they are rates per year.</summary>
    public RateConvention Convention { get; init; }

    /// <summary>The calendar of types without a ticker, e.g. <c>XNYS</c>; null if the ticker decides.</summary>
    public string? Calendar { get; init; }

    /// <summary>How it is computed; null for types that come from a provider.</summary>
    public ComputedDefinition? Computed { get; init; }

    /// <summary>What the providers call it, by the provider's implementation (<c>Fred</c>), without regard to case.</summary>
    public IReadOnlyDictionary<string, DataTypeSource> Sources { get; init; } =
        new Dictionary<string, DataTypeSource>(0, StringComparer.OrdinalIgnoreCase);
}
