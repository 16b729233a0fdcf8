using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MarketCache.Benchmarks.Figures;

/// <summary>All figures, measured one after another and written as one JSON object.</summary>
internal static class Summary
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The figures in order of name.</summary>
    public static IReadOnlyList<IFigure> Figures { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IFigure)))
            .Select(t => (IFigure)Activator.CreateInstance(t, nonPublic: true)!)
            .OrderBy(f => f.Name, StringComparer.Ordinal),
    ];

    /// <summary>Measures and writes the figures whose names contain <paramref name="only"/>.</summary>
    /// <returns>0, or 1 where a measurement failed.</returns>
    public static async Task<int> WriteAsync(TextWriter output, string? only, CancellationToken cancellationToken)
    {
        var figures = new JsonObject();
        var failed = false;
        foreach (var figure in Figures)
        {
            if (only is not null && !figure.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var entry = new JsonObject();
            try
            {
                entry["value"] = Rounded(await figure.MeasureAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                entry["value"] = null;
                entry["error"] = e.Message;
                failed = true;
            }

            entry["unit"] = figure.Unit;
            entry["target"] = figure.Target;
            figures[figure.Name] = entry;
        }

        var summary = new JsonObject
        {
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.OSDescription,
            ["processors"] = Environment.ProcessorCount,
            ["data"] = Data.PriceHistory.Origin,
            ["figures"] = figures,
        };
        await output.WriteLineAsync(summary.ToJsonString(Format)).ConfigureAwait(false);
        return failed ? 1 : 0;
    }

    private static double Rounded(double value) => value == 0 || !double.IsFinite(value)
        ? value
        : Math.Round(value, Math.Clamp(3 - (int)Math.Ceiling(Math.Log10(Math.Abs(value))), 0, 15));
}
