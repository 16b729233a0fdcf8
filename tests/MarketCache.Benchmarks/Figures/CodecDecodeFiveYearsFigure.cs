using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>Decoding five yearly blocks of daily bars into one table: the codec's part of a disk hit.</summary>
internal sealed class CodecDecodeFiveYearsFigure : IFigure
{
    public string Name => "codec_decode_five_years";

    public string Unit => "µs";

    public double? Target => 75;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] blocks = [.. PriceHistory.Years(PriceHistory.Daily("aapl")).SkipLast(1).TakeLast(5).Select(y => TableCodec.Encode(y))];
        return new(Timing.Microseconds(() => TableCodec.TryDecodeConcat(blocks, out _)));
    }
}
