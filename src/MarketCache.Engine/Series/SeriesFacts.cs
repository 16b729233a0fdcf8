namespace MarketCache.Engine.Series;

/// <summary>The names of what a manifest's properties say of a series.</summary>
internal static class SeriesFacts
{
    /// <summary>The calendar that the provider's metadata names.</summary>
    public const string Calendar = "calendar";

    /// <summary>ISO 4217 currency of the prices.</summary>
    public const string Currency = "currency";

    /// <summary>Unit of the values.</summary>
    public const string Unit = "unit";

    /// <summary>The provider's mark of its last answer, for conditional requests.</summary>
    public const string Validator = "validator";

    /// <summary>When the provider last said that it knows no such ticker, UTC ticks.</summary>
    public const string NotFoundAt = "not_found_at";

    /// <summary>What it said.</summary>
    public const string NotFoundMessage = "not_found_message";
}
