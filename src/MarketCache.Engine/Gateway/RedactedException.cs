namespace MarketCache.Engine.Gateway;

/// <summary>Tells what another exception told, secrets struck out; stands in for it as an inner exception.</summary>
/// <param name="message">The whole of what the exception told: types, messages, stack.</param>
internal sealed class RedactedException(string message) : Exception(message);
