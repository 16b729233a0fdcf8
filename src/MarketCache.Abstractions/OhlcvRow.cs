namespace MarketCache;

/// <summary>A daily or longer bar as PowerShell emits it. A value the provider did not have is null.</summary>
/// <param name="Ticker">The ticker, as asked for.</param>
/// <param name="Date">The session's day, or the first of a longer bar's, without a time or zone.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Shares or contracts traded.</param>
public sealed record OhlcvRow(string? Ticker, DateTime Date, double? Open, double? High, double? Low, double? Close, long? Volume);
