namespace MarketCache.Engine.Gateway;

/// <summary>Ends a try that has sent nothing yet: since it was admitted the provider asked another process to be left alone.</summary>
internal sealed class CoolDownBeganException : Exception;
