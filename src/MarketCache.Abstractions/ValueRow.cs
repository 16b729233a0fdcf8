namespace MarketCache;

/// <summary>A row of a series with one value as PowerShell emits it.</summary>
/// <param name="Ticker">The ticker, as asked for; null for data types without one.</param>
/// <param name="Date">The session's day or the period's first, without a time or zone.</param>
/// <param name="Value">The value, in the data type's unit; null where the provider had none.</param>
public sealed record ValueRow(string? Ticker, DateTime Date, double? Value);
