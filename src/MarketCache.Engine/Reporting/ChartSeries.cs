namespace MarketCache.Engine.Reporting;

/// <summary>One of the values that a chart stacks.</summary>
/// <param name="Name">What the legend calls it; also the class that gives it its colour.</param>
/// <param name="Value">Its value in a slot.</param>
internal sealed record ChartSeries(string Name, Func<ReportSlot, long> Value);
