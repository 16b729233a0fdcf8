namespace MarketCache.Engine.Reporting;

/// <summary>Successive sessions (or longer periods) of one state.</summary>
/// <param name="First">First day.</param>
/// <param name="Last">Last day.</param>
/// <param name="State">What is known of them.</param>
/// <param name="Periods">How many sessions or periods.</param>
internal readonly record struct CoverageStretch(DateOnly First, DateOnly Last, CoverageState State, int Periods);
