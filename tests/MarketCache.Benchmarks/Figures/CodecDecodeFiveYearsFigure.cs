using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Decoding one block of 1,260 daily bars: the codec's part of a disk hit.</summary>
internal sealed class CodecDecodeFiveYearsFigure : IFigure
{
    public string Name => "codec_decode_five_years";

    public string Unit => "µs";

    public double? Target => 40;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var bars = PriceHistory.Daily("aapl");
        var bytes = BlockCodec.Encode([new NamedTable("OHLCV", bars.Slice(bars.RowCount - 1260, 1260))]);
        return new(Timing.Microseconds(() => BlockCodec.Decode(bytes)));
    }
}
