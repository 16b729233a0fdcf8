namespace MarketCache.Benchmarks.Figures;

/// <summary>
/// One number of the summary. To add a figure, add a class that implements this and has a constructor without parameters: the
/// summary finds it by itself. Keep a measurement under about two seconds.
/// </summary>
internal interface IFigure
{
    /// <summary>Its name in the summary, in lower case with underscores; stable, since people compare over time.</summary>
    string Name { get; }

    /// <summary>The unit of the value, e.g. <c>µs</c>.</summary>
    string Unit { get; }

    /// <summary>The value to reach, at most so much; null where there is none.</summary>
    double? Target { get; }

    /// <summary>Measures.</summary>
    /// <param name="cancellationToken">Ends the measurement.</param>
    ValueTask<double> MeasureAsync(CancellationToken cancellationToken);
}
