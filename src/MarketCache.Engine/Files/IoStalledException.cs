namespace MarketCache.Engine.Files;

/// <summary>A file system did not answer in time.</summary>
internal sealed class IoStalledException(string message) : IOException(message);
