using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary>The first <c>Get-MarketData</c> of a process: a year of made-up bars, nothing cached.</summary>
internal sealed class FirstAnswerFigure : IFigure
{
    public string Name => "module_first_answer";

    public string Unit => "ms";

    public double? Target => 200;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleStart.FirstAnswerAsync();
}
