namespace MarketCache;

/// <summary>A bar shorter than a day as PowerShell emits it. A value the provider did not have is null.</summary>
/// <param name="Ticker">The ticker, as asked for.</param>
/// <param name="Time">The start of the bar in UTC.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Shares or contracts traded.</param>
public sealed record IntradayOhlcvRow(string? Ticker, DateTime Time, double? Open, double? High, double? Low, double? Close, long? Volume);
