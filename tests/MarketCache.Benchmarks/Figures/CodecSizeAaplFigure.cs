namespace MarketCache.Benchmarks.Figures;

/// <inheritdoc/>
internal sealed class CodecSizeAaplFigure() : CodecSizeFigure("aapl");
