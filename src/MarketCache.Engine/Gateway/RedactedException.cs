namespace MarketCache.Engine.Gateway;

/// <summary>Replaces another exception as an inner exception: the same text without secrets.</summary>
/// <param name="message">The full text of the exception: types, messages, stack.</param>
internal sealed class RedactedException(string message) : Exception(message);
