namespace MarketCache.Engine.Calendars;

/// <summary>The regular hours from a day on.</summary>
/// <param name="From">The first day, as a day number.</param>
/// <param name="Weekdays">The weekdays with a session (bit 0 is Sunday).</param>
/// <param name="Open">The open.</param>
/// <param name="Close">The close.</param>
/// <param name="BreakStart">The lunch break's begin; null for none.</param>
/// <param name="BreakEnd">Its end.</param>
internal sealed record TradingHours(int From, int Weekdays, LocalMoment Open, LocalMoment Close, LocalMoment? BreakStart, LocalMoment? BreakEnd);
