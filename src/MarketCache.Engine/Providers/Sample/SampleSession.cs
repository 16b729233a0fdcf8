namespace MarketCache.Engine.Providers.Sample;

/// <summary>A session.</summary>
/// <param name="Day">Its day.</param>
/// <param name="Open">When it opens, UTC.</param>
/// <param name="Close">When it closes, UTC.</param>
internal readonly record struct SampleSession(DateOnly Day, DateTime Open, DateTime Close);
