namespace MarketCache.Engine.Calendars;

/// <summary>One trading session.</summary>
/// <param name="Day">The exchange's day it belongs to.</param>
/// <param name="Open">When it opens, UTC.</param>
/// <param name="Close">When it closes, UTC; not part of the session.</param>
/// <param name="BreakStart">When the lunch break begins, UTC; null for none.</param>
/// <param name="BreakEnd">When it ends, UTC; null for none.</param>
internal readonly record struct Session(DateOnly Day, DateTime Open, DateTime Close, DateTime? BreakStart, DateTime? BreakEnd);
