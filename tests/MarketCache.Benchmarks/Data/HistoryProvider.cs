namespace MarketCache.Benchmarks.Data;

/// <summary>Serves the benchmark's bars to the engine, for any ticker.</summary>
internal sealed class HistoryProvider : IMarketDataProvider
{
    private readonly MarketTable _rows = PriceHistory.Daily("aapl");

    public string Name => "History";

    public ProviderCapabilities Capabilities { get; } = new() { IsLocal = true };

    /// <summary>The days of the newest five years that the bars have.</summary>
    public DateRange FiveYears
    {
        get
        {
            var last = _rows.Column<DateOnly>("Date")[_rows.RowCount - 1];
            return new DateRange(last.AddYears(-5).AddDays(1), last);
        }
    }

    /// <summary>The days of the newest twenty years.</summary>
    public DateRange TwentyYears => new(FiveYears.End.AddYears(-20).AddDays(1), FiveYears.End);

    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new ProviderResponse { Series = [new ProviderSeries("OHLCV", _rows)] });
}
