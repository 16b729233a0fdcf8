namespace MarketCache;

/// <summary>A row of a series with one value as PowerShell emits it.</summary>
/// <remarks>A record for its equality and text, a structure so that it has no method to clone it; without setters, as PowerShell would use even those meant for initialisation.</remarks>
public readonly record struct ValueRow
{
    /// <summary>Creates a row of a data type that is not known.</summary>
    /// <inheritdoc cref="ValueRow(string?, DateTime, double?, string?)"/>
    public ValueRow(string? ticker, DateTime date, double? value)
        : this(ticker, date, value, null)
    {
    }

    /// <summary>Creates a row.</summary>
    /// <param name="ticker">The ticker, as requested; null for data types without one.</param>
    /// <param name="date">The session's day or the period's first, without a time or zone.</param>
    /// <param name="value">The value, in the data type's unit; null if the provider had none.</param>
    /// <param name="dataType">The data type; null if it is not known.</param>
    public ValueRow(string? ticker, DateTime date, double? value, string? dataType)
    {
        Ticker = ticker;
        DataType = dataType;
        Date = date;
        Value = value;
    }

    /// <summary>The ticker, as requested; null for data types without one.</summary>
    public string? Ticker { get; }

    /// <summary>The data type, e.g. <c>DIVIDEND</c>; null if it is not known.</summary>
    public string? DataType { get; }

    /// <summary>The session's day or the period's first, without a time or zone.</summary>
    public DateTime Date { get; }

    /// <summary>The value, in the data type's unit; null if the provider had none.</summary>
    public double? Value { get; }
}
