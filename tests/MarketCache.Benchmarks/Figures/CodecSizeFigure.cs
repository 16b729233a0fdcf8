using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Figures;

/// <summary>The bytes that a ticker's daily bars take in yearly blocks, heads included.</summary>
internal abstract class CodecSizeFigure(string ticker) : IFigure
{
    public string Name => "codec_size_" + ticker;

    public string Unit => "bytes/row";

    public double? Target => 9.5;

    public ValueTask<double> MeasureAsync(CancellationToken cancellationToken)
    {
        var table = PriceHistory.Daily(ticker);
        return new((double)PriceHistory.Years(table).Sum(y => BlockCodec.Encode([new NamedTable("OHLCV", y)]).Length) / table.RowCount);
    }
}
