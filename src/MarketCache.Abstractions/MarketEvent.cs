namespace MarketCache;

/// <summary>A market opened or closed.</summary>
/// <param name="Calendar">The trading calendar, e.g. <c>XNYS</c>.</param>
/// <param name="Session">The session's day.</param>
/// <param name="At">The moment in UTC.</param>
public sealed record MarketEvent(string Calendar, DateOnly Session, DateTime At);
