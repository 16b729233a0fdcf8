namespace MarketCache.Engine.Configuration;

/// <summary>Where a setting was made.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Source">The file, the variable, <c>runtime</c> or <c>default</c>.</param>
/// <param name="Line">The file's line from 1; 0 if there is none.</param>
public sealed record ConfigurationOrigin(ConfigurationLayer Layer, string Source, int Line)
{
    internal static ConfigurationOrigin Default { get; } = new(ConfigurationLayer.Default, "default", 0);

    /// <summary>The source with its line: <c>config.yaml:12</c>.</summary>
    public override string ToString() =>
        Line > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Source}:{Line}") : Source;
}
