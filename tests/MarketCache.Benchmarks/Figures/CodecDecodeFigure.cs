using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Decoding one year of daily bars.</summary>
internal sealed class CodecDecodeFigure : IFigure
{
    public string Name => "codec_decode_year";

    public string Unit => "µs";

    public double? Target => 15;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var bytes = BlockCodec.Encode([new NamedTable("OHLCV", PriceHistory.Years(PriceHistory.Daily("aapl"))[^2])]);
        return new(Timing.Microseconds(() => BlockCodec.Decode(bytes)));
    }
}
