namespace MarketCache.Benchmarks.Figures;

/// <inheritdoc/>
internal sealed class CodecSizeIbmFigure() : CodecSizeFigure("ibm");
