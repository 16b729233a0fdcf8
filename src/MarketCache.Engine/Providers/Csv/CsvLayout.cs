namespace MarketCache.Engine.Providers.Csv;

/// <summary>Where a file's values stand.</summary>
/// <param name="Width">How many fields a row has.</param>
/// <param name="WidthOf">What says so, for messages.</param>
/// <param name="Date">The column of dates.</param>
/// <param name="Time">The column of times of day beside it, or null.</param>
/// <param name="Values">The other columns in use.</param>
internal sealed record CsvLayout(int Width, string WidthOf, CsvLayout.Column Date, CsvLayout.Column? Time, List<CsvLayout.Column> Values)
{
    /// <summary>A column.</summary>
    /// <param name="Name">What it holds.</param>
    /// <param name="Index">Its index.</param>
    /// <param name="Source">What the file calls it.</param>
    internal readonly record struct Column(string Name, int Index, string Source);
}
