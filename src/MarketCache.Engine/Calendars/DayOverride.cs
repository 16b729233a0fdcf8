namespace MarketCache.Engine.Calendars;

/// <summary>What configuration or an exchange's notice says of one day, over every rule.</summary>
/// <param name="IsOpen">Whether there is a session.</param>
/// <param name="Hours">Its special hours; null for the regular ones.</param>
internal sealed record DayOverride(bool IsOpen, SpecialHours? Hours);
