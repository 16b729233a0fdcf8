using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Figures;

/// <summary><c>Import-Module</c> in a new process.</summary>
internal sealed class ImportModuleFigure : IFigure
{
    public string Name => "module_import";

    public string Unit => "ms";

    public double? Target => 60;

    public async ValueTask<double> MeasureAsync(CancellationToken cancellationToken) => await ModuleStart.ImportAsync();
}
