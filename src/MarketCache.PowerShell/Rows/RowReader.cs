using System.Management.Automation;

namespace MarketCache.PowerShell.Rows;

/// <summary>Builds the objects that PowerShell emits straight from a table's columns, one at a time and only when requested.</summary>
internal static class RowReader
{
    private static readonly string[] Ohlcv = ["Open", "High", "Low", "Close", "Volume"];

    /// <summary>The rows of an answer: <see cref="OhlcvRow"/>, <see cref="IntradayOhlcvRow"/>, <see cref="ValueRow"/>, or property bags for other columns.</summary>
    /// <param name="series">The answer.</param>
    internal static IEnumerable<object> Read(MarketSeries series)
    {
        var row = Reader(series);
        for (var i = 0; i < series.Rows.RowCount; i++)
        {
            yield return row(i);
        }
    }

    /// <summary>What makes the object of a row.</summary>
    /// <param name="series">The answer.</param>
    internal static Func<int, object> Reader(MarketSeries series)
    {
        var table = series.Rows;
        var ticker = series.Request.Ticker?.ToUpperInvariant();
        var dataType = series.Request.DataType.ToUpperInvariant();
        if (table.RowCount == 0)
        {
            return static row => throw new ArgumentOutOfRangeException(nameof(row));
        }

        var key = table.Columns[0];
        if (key is MarketColumn<DateOnly> or MarketColumn<DateTime> && IsBars(table, dataType))
        {
            // Bars are of one type, whatever columns a provider has: one that is missing is null, and further ones are added, fractions of a volume too.
            MarketColumn? open = table.Find("Open"), high = table.Find("High"), low = table.Find("Low"), close = table.Find("Close"), volume = table.Find("Volume");
            MarketColumn[] further = [.. table.Columns.Skip(1).Where(column =>
                !Ohlcv.Contains(column.Name, StringComparer.OrdinalIgnoreCase) || (column == volume && Number.HasFractions(column)))];
            Func<int, object> bar = key is MarketColumn<DateOnly> dates
                ? i => new OhlcvRow(ticker, Midnight(dates[i]), Number.At(open, i), Number.At(high, i), Number.At(low, i), Number.At(close, i), Number.WholeAt(volume, i))
                : i => new IntradayOhlcvRow(
                    ticker, ((MarketColumn<DateTime>)key)[i], Number.At(open, i), Number.At(high, i), Number.At(low, i), Number.At(close, i), Number.WholeAt(volume, i));
            return further.Length == 0 ? bar : i => With(further, i, new PSObject(bar(i)));
        }

        return key is MarketColumn<DateOnly> days && table.Columns.Count == 2 && Number.Fits(table.Columns[1])
            ? i => new ValueRow(ticker, Midnight(days[i]), Number.At(table.Columns[1], i), dataType)
            : i => Bag(ticker, dataType, table, i);
    }

    /// <summary>The value of a row, or null.</summary>
    /// <param name="column">The column.</param>
    /// <param name="row">Zero-based row.</param>
    internal static object? Value(MarketColumn column, int row) => column.GetValue(row) is { } value ? value is DateOnly day ? Midnight(day) : value : null;

    /// <summary>The answer with its own copies of status and request: a script can set init-only properties, and must not change the next answer.</summary>
    /// <param name="series">The answer.</param>
    internal static MarketSeries Copy(MarketSeries series) => new(
        series.Request with { Parameters = new Dictionary<string, string>(series.Request.Parameters, StringComparer.OrdinalIgnoreCase) },
        new SeriesRows(series),
        series.Status with { Warnings = [.. series.Status.Warnings] });

    private static bool IsBars(MarketTable table, string dataType)
    {
        var found = 0;
        foreach (var name in Ohlcv)
        {
            if (table.Find(name) is { } column)
            {
                if (!Number.Fits(column))
                {
                    return false;
                }

                found++;
            }
        }

        return dataType == "OHLCV" || (found == Ohlcv.Length && table.Columns.Count == found + 1);
    }

    private static PSObject With(MarketColumn[] columns, int index, PSObject row)
    {
        foreach (var column in columns)
        {
            row.Properties.Add(new PSNoteProperty(column.Name, Value(column, index)));
        }

        return row;
    }

    private static PSObject Bag(string? ticker, string dataType, MarketTable table, int index)
    {
        var row = new PSObject();
        row.TypeNames.Insert(0, "MarketCache.MarketRow");
        Add("Ticker", ticker);
        Add("DataType", dataType);
        return With([.. table.Columns], index, row);

        void Add(string name, string? value)
        {
            if (value is not null && table.Find(name) is null)
            {
                row.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
            }
        }
    }

    /// <summary>Scripts compare, group and serialize <see cref="DateTime"/> more readily than <see cref="DateOnly"/>.</summary>
    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue);
}
