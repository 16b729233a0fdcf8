namespace MarketCache.Engine.Calendars;

/// <summary>What differs on a day with special hours; null for what does not.</summary>
/// <param name="Open">The late or early open.</param>
/// <param name="Close">The early or late close.</param>
internal sealed record SpecialHours(LocalMoment? Open, LocalMoment? Close);
