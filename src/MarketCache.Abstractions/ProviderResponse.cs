namespace MarketCache;

/// <summary>A provider's answer to one call.</summary>
public sealed record ProviderResponse
{
    /// <summary>Every series the answer carried.</summary>
    public required IReadOnlyList<ProviderSeries> Series { get; init; }

    /// <summary>The calendar by the provider's own metadata (a calendar id such as <c>XLON</c>), or null if it says nothing.</summary>
    public string? Calendar { get; init; }

    /// <summary>ISO 4217 currency of the prices, or null.</summary>
    public string? Currency { get; init; }

    /// <summary>
    /// The first day on which the instrument traded, by the provider's metadata, or null. Rows held from before it are another instrument's
    /// that had the ticker before, and go.
    /// </summary>
    public DateOnly? FirstTraded { get; init; }

    /// <summary>
    /// The first day whose row does not count as final though its period may be over, because the answer has it only in parts; null if all
    /// rows are whole.
    /// </summary>
    public DateOnly? ProvisionalFrom { get; init; }

    /// <summary>Bytes received over the wire, for statistics; 0 if unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>Calls made to the service for this answer (paging, fallback hosts); at least 1.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>
    /// Whether nothing changed since the answer that the request's validator is of: the rows held are as fresh as if they had been
    /// fetched now. <see cref="Series"/> is then empty.
    /// </summary>
    public bool NotModified { get; init; }

    /// <summary>An opaque mark of this answer's state, to be handed back in <see cref="ProviderRequest.Validator"/>; null if the service gives none.</summary>
    public string? Validator { get; init; }

    /// <summary>What the user should know about this answer.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
