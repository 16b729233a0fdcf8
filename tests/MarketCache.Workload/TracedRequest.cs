namespace MarketCache.Workload;

/// <summary>A line of a trace.</summary>
/// <param name="At">When the request comes, UTC.</param>
/// <param name="DataType">What is asked for.</param>
/// <param name="Ticker">Of which ticker.</param>
/// <param name="Start">First day.</param>
/// <param name="End">Last day.</param>
public sealed record TracedRequest(DateTime At, string DataType, string Ticker, DateOnly Start, DateOnly End);
