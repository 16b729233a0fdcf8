namespace MarketCache.Engine.Gateway;

/// <summary>Whether a call may be made, and when.</summary>
/// <param name="IsGranted">Whether a place was reserved; if not, the wait would have been too long.</param>
/// <param name="Wait">How long until the call may be made.</param>
/// <param name="IsCoolingDown">Whether it is the provider's own wish, and not a budget, that makes it wait.</param>
/// <param name="SharedPlace">The place reserved in the shared log; 0 for none.</param>
/// <param name="OwnPlace">The place reserved in the process's log; 0 for none.</param>
internal readonly record struct Admission(bool IsGranted, TimeSpan Wait, bool IsCoolingDown, long SharedPlace, long OwnPlace);
