using MarketCache.Engine.Diagnostics;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Counting a request answered from memory.</summary>
internal sealed class RecordRequestFigure : IFigure
{
    private const int Requests = 1000;

    public string Name => "metrics_record_request";

    public string Unit => "ns";

    public double? Target => 50;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        using var metrics = new CacheMetrics(TimeProvider.System);
        var outcome = new RequestOutcome
        {
            DataType = "OHLCV",
            Result = RequestResult.Hit,
            Source = AnswerSource.Memory,
            RowsFromMemory = 1260,
            Elapsed = TimeSpan.FromMicroseconds(1),
        };
        return new(1000 / Requests * Timing.Microseconds(() =>
        {
            for (var i = 0; i < Requests; i++)
            {
                metrics.RecordRequest(outcome);
            }
        }));
    }
}
