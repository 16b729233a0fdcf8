namespace MarketCache.Engine.Providers.Csv;

/// <summary>Where a file of CSV rows is.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Entry">The file inside, where <paramref name="Path"/> is an archive of several; null for its only one.</param>
internal readonly record struct CsvLocation(string Path, string? Entry)
{
    /// <summary>The place, for messages.</summary>
    public override string ToString() => Entry is null ? Path : $"{Path}/{Entry}";
}
