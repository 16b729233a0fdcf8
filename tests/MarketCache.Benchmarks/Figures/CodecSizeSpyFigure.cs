namespace MarketCache.Benchmarks.Figures;

/// <inheritdoc/>
internal sealed class CodecSizeSpyFigure() : CodecSizeFigure("spy");
