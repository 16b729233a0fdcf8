namespace MarketCache.Engine.Calendars;

/// <summary>A change of a zone's clock.</summary>
/// <param name="Ticks">When, by the clock before it or in UTC.</param>
/// <param name="IsUtc">Which of the two.</param>
/// <param name="Offset">Local time minus UTC from then on, in ticks.</param>
internal sealed record ZoneChange(long Ticks, bool IsUtc, long Offset);
