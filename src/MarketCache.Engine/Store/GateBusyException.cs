namespace MarketCache.Engine.Store;

/// <summary>Other processes kept the gate for longer than the wait.</summary>
internal sealed class GateBusyException(string message) : Exception(message);
