namespace MarketCache.Engine.Providers.Sample;

/// <summary>A bar. Prices in cents.</summary>
internal readonly record struct SampleBar(long Open, long High, long Low, long Close, long Volume)
{
    /// <summary>This bar and a later one as one.</summary>
    public SampleBar Then(SampleBar later) => new(
        Open, Math.Max(High, later.High), Math.Min(Low, later.Low), later.Close, Volume + later.Volume);

    /// <summary>The bar in the shares of before a split of <paramref name="ratio"/> new for one old.</summary>
    public SampleBar BeforeSplit(int ratio) => new(Open * ratio, High * ratio, Low * ratio, Close * ratio, Volume / ratio);
}
