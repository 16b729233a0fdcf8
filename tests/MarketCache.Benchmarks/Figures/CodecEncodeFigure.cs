using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Encoding one year of daily bars, all encodings tried and compressed.</summary>
internal sealed class CodecEncodeFigure : IFigure
{
    public string Name => "codec_encode_year";

    public string Unit => "µs";

    public double? Target => 150;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var year = PriceHistory.Years(PriceHistory.Daily("aapl"))[^2];
        return new(Timing.Microseconds(() => BlockCodec.Encode([new NamedTable("OHLCV", year)])));
    }
}
