namespace MarketCache.Engine.Series;

/// <summary>The bytes of a feed are not of this format: another version's, or made by somebody else.</summary>
/// <param name="message">What is wrong.</param>
internal sealed class FeedFormatException(string message) : Exception(message);
