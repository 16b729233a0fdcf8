namespace MarketCache.Engine.Providers.Csv;

/// <summary>A file's rows, ascending by key: for each column the values and which of them are there.</summary>
/// <param name="Keys">Day numbers, or UTC ticks in an intraday file.</param>
/// <param name="Columns">Values by column name.</param>
internal sealed record CsvFile(IReadOnlyList<long> Keys, IReadOnlyDictionary<string, List<double?>> Columns);
