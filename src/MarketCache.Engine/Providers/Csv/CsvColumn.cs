using System.Collections.Frozen;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>The names of what a column can hold, and the usual ways to spell them.</summary>
internal static class CsvColumn
{
    public const string Date = "Date";
    public const string Time = "Time";
    public const string Open = "Open";
    public const string High = "High";
    public const string Low = "Low";
    public const string Close = "Close";
    public const string Price = "Price";
    public const string Volume = "Volume";
    public const string AdjustedClose = "AdjustedClose";
    public const string Dividend = "Dividend";
    public const string Split = "Split";
    public const string Value = "Value";

    /// <summary>The columns of a file without header line when nothing else is configured.</summary>
    public static readonly string[] UsualOrder = [Date, Open, High, Low, Close, Volume];

    private static readonly FrozenDictionary<string, string> Spellings = new Dictionary<string, string>
    {
        ["date"] = Date,
        ["day"] = Date,
        ["tradedate"] = Date,
        ["tradingday"] = Date,
        ["time"] = Time,
        ["datetime"] = Date,
        ["timestamp"] = Date,
        ["observationdate"] = Date,
        ["open"] = Open,
        ["high"] = High,
        ["low"] = Low,
        ["close"] = Close,
        ["closelast"] = Close,
        ["price"] = Price,
        ["last"] = Price,
        ["volume"] = Volume,
        ["vol"] = Volume,
        ["tickvol"] = Volume,
        ["adjustedclose"] = AdjustedClose,
        ["adjclose"] = AdjustedClose,
        ["dividend"] = Dividend,
        ["dividends"] = Dividend,
        ["divcash"] = Dividend,
        ["dividendamount"] = Dividend,
        ["split"] = Split,
        ["splits"] = Split,
        ["stocksplits"] = Split,
        ["splitfactor"] = Split,
        ["splitcoefficient"] = Split,
        ["value"] = Value,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The name that a spelling such as <c>Adj Close</c> or <c>adjusted_close</c> stands for, or null.</summary>
    public static string? Recognise(string spelling)
    {
        Span<char> plain = stackalloc char[32];
        var length = 0;
        foreach (var c in spelling)
        {
            if (c is ' ' or '_' or '-' or '.' or '*' or '/' or '<' or '>')
            {
                continue;
            }

            if (length == plain.Length)
            {
                return null;
            }

            plain[length++] = char.ToLowerInvariant(c);
        }

        return Spellings.GetValueOrDefault(plain[..length].ToString());
    }

    /// <summary>The data type that a column feeds by itself; null for the columns of OHLCV bars and for <see cref="Value"/>.</summary>
    public static string? DataTypeOf(string column) => column switch
    {
        Date or Time or Open or High or Low or Close or Price or Value => null,
        Volume => "VOLUME",
        AdjustedClose => "ADJUSTED_CLOSE",
        Dividend => "DIVIDEND",
        Split => "SPLIT",
        _ => column,
    };
}
