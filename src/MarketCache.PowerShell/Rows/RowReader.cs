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
        var table = series.Rows;
        var ticker = series.Request.Ticker?.ToUpperInvariant();
        if (table.RowCount == 0)
        {
            return [];
        }

        var key = table.Columns[0];
        if (HasNumbers(table, Ohlcv))
        {
            return key switch
            {
                MarketColumn<DateOnly> dates => DailyBars(ticker, dates, table),
                MarketColumn<DateTime> times => IntradayBars(ticker, times, table),
                _ => Bags(ticker, table),
            };
        }

        return key is MarketColumn<DateOnly> days && table.Columns.Count == 2 && Number.Fits(table.Columns[1])
            ? Values(ticker, days, table.Columns[1])
            : Bags(ticker, table);
    }

    /// <summary>The answer with its own copies of status and request: a script can set init-only properties, and must not change the next answer.</summary>
    /// <param name="series">The answer.</param>
    internal static MarketSeries Copy(MarketSeries series) => new(
        series.Request with { Parameters = new Dictionary<string, string>(series.Request.Parameters, StringComparer.OrdinalIgnoreCase) },
        series.Rows,
        series.Status with { Warnings = [.. series.Status.Warnings] });

    private static bool HasNumbers(MarketTable table, string[] names)
    {
        if (table.Columns.Count != names.Length + 1)
        {
            return false;
        }

        foreach (var name in names)
        {
            if (table.Find(name) is not { } column || !Number.Fits(column))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<object> DailyBars(string? ticker, MarketColumn<DateOnly> dates, MarketTable table)
    {
        MarketColumn open = table["Open"], high = table["High"], low = table["Low"], close = table["Close"], volume = table["Volume"];
        for (var i = 0; i < table.RowCount; i++)
        {
            yield return new OhlcvRow(
                ticker, Midnight(dates[i]), Number.At(open, i), Number.At(high, i), Number.At(low, i), Number.At(close, i), Number.WholeAt(volume, i));
        }
    }

    private static IEnumerable<object> IntradayBars(string? ticker, MarketColumn<DateTime> times, MarketTable table)
    {
        MarketColumn open = table["Open"], high = table["High"], low = table["Low"], close = table["Close"], volume = table["Volume"];
        for (var i = 0; i < table.RowCount; i++)
        {
            yield return new IntradayOhlcvRow(
                ticker, times[i], Number.At(open, i), Number.At(high, i), Number.At(low, i), Number.At(close, i), Number.WholeAt(volume, i));
        }
    }

    private static IEnumerable<object> Values(string? ticker, MarketColumn<DateOnly> dates, MarketColumn value)
    {
        for (var i = 0; i < dates.Count; i++)
        {
            yield return new ValueRow(ticker, Midnight(dates[i]), Number.At(value, i));
        }
    }

    private static IEnumerable<object> Bags(string? ticker, MarketTable table)
    {
        for (var i = 0; i < table.RowCount; i++)
        {
            var row = new PSObject();
            row.TypeNames.Insert(0, "MarketCache.MarketRow");
            if (ticker is not null && table.Find("Ticker") is null)
            {
                row.Properties.Add(new PSNoteProperty("Ticker", ticker), preValidated: true);
            }

            foreach (var column in table.Columns)
            {
                var value = column.GetValue(i);
                row.Properties.Add(new PSNoteProperty(column.Name, value is DateOnly day ? Midnight(day) : value), preValidated: true);
            }

            yield return row;
        }
    }

    /// <summary>Scripts compare, group and serialize <see cref="DateTime"/> more readily than <see cref="DateOnly"/>.</summary>
    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue);
}
