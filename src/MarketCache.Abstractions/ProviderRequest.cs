namespace MarketCache;

/// <summary>One call to a provider.</summary>
public sealed record ProviderRequest
{
    /// <summary>The data type wanted, in the catalog's spelling.</summary>
    public required string DataType { get; init; }

    /// <summary>The ticker in upper case, or null for types without one.</summary>
    public string? Ticker { get; init; }

    /// <summary>First day wanted, in the exchange's calendar.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>Last day wanted, inclusive.</summary>
    public required DateOnly End { get; init; }

    /// <summary>Canonical frequency: <c>daily</c>, <c>weekly</c>, <c>monthly</c>, <c>quarterly</c>, <c>annual</c>, <c>1m</c> … <c>1h</c>.</summary>
    public string Frequency { get; init; } = "daily";

    /// <summary>IANA id of the exchange's time zone, e.g. <c>America/New_York</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The trading calendar that the engine assumes, e.g. <c>XNYS</c>.</summary>
    public string Calendar { get; init; } = "XNYS";

    /// <summary>The moment of the call in UTC, from the engine's clock.</summary>
    public DateTime Now { get; init; }

    /// <summary>
    /// The <see cref="ProviderResponse.Validator"/> of the answer whose rows are held, or null. A provider that finds nothing changed since
    /// answers with <see cref="ProviderResponse.NotModified"/>; one that does not know, or whose validator belongs to another request, ignores it.
    /// Passed only where the rows of the whole range are still held, and never when a fetch is forced.
    /// </summary>
    public string? Validator { get; init; }

    /// <summary>Further parameters, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(0);
}
