namespace MarketCache;

/// <summary>How long answers took.</summary>
/// <param name="Count">Answers measured.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="P95">95th percentile, from the latency histogram (about 10 % resolution).</param>
public sealed record ResponseTimes(long Count, TimeSpan Mean, TimeSpan P95);
