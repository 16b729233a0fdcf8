namespace MarketCache.Engine.DataTypes;

/// <summary>How long rows that are not final may be served.</summary>
/// <param name="MarketHours">While the series' market is open.</param>
/// <param name="AfterHours">While it is closed.</param>
public sealed record TtlOptions(TimeSpan MarketHours, TimeSpan AfterHours);
