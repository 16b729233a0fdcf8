namespace MarketCache.Engine.Tables;

/// <summary>One of the tables of a block.</summary>
/// <param name="Name">The table's name, unique in its block: a data type.</param>
/// <param name="Rows">Its rows.</param>
internal readonly record struct NamedTable(string Name, MarketTable Rows);
