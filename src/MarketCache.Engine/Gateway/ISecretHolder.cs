namespace MarketCache.Engine.Gateway;

/// <summary>
/// A provider that holds keys. The gateway strikes them out of every message, and keeps the budgets of different keys apart.
/// </summary>
internal interface ISecretHolder
{
    /// <summary>The secrets in clear, the one that the service counts calls by first; empty if it has none.</summary>
    IReadOnlyList<string> Secrets { get; }
}
