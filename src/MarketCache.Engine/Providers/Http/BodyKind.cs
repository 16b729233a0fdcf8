namespace MarketCache.Engine.Providers.Http;

/// <summary>What an answer's body must be.</summary>
internal enum BodyKind
{
    /// <summary>JSON.</summary>
    Json,

    /// <summary>Comma-separated values.</summary>
    Csv,
}
