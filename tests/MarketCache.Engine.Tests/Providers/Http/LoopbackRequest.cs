namespace MarketCache.Engine.Tests.Providers.Http;

/// <summary>A request that the loopback server received.</summary>
internal sealed record LoopbackRequest(string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
