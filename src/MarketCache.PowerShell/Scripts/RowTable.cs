using System.Collections;
using System.Data;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Scripts;

/// <summary>Turns the objects that a script wrote into tables.</summary>
internal static class RowTable
{
    private static readonly string[] KeyNames = [MarketTable.DateColumn, MarketTable.TimeColumn];
    private static readonly string[] NumberNames = ["Open", "High", "Low", "Close", "AdjustedClose", "Value", "Volume"];

    /// <summary>
    /// The series that a script wrote: rows of the type requested, or one hashtable whose keys are data types and whose values are
    /// their rows.
    /// </summary>
    /// <param name="output">What the script wrote.</param>
    /// <param name="request">What it was asked.</param>
    /// <param name="provider">Its name, for messages.</param>
    /// <exception cref="ProviderException">A row is not one.</exception>
    internal static IReadOnlyList<ProviderSeries> Read(IReadOnlyList<PSObject?> output, ProviderRequest request, string provider)
    {
        List<PSObject> objects = [.. Rows(output)];
        if (objects is [{ BaseObject: MarketTable whole }])
        {
            return [new ProviderSeries(request.DataType, whole)];
        }

        if (objects is [{ BaseObject: IDictionary types }] && IsSeveralSeries(types))
        {
            var series = new List<ProviderSeries>();
            foreach (DictionaryEntry entry in types)
            {
                var name = entry.Key.ToString()!;
                List<PSObject> rows = [.. Rows(new[] { entry.Value })];
                series.Add(new ProviderSeries(name, rows is [{ BaseObject: MarketTable table }] ? table : Table(rows, request, provider)));
            }

            // None at all is no rows; others than the one requested say nothing about it.
            return series.Count == 0 || series.Exists(s => s.DataType.Equals(request.DataType, StringComparison.OrdinalIgnoreCase)) ? series
                : throw Bad(provider, $"they are {string.Join(", ", series.Select(s => s.DataType))} and not {request.DataType}");
        }

        return [new ProviderSeries(request.DataType, Table(objects, request, provider))];
    }

    /// <summary>The rows one by one: a list that was written as one object is opened, nulls are none.</summary>
    private static IEnumerable<PSObject> Rows(IEnumerable? written)
    {
        foreach (var item in written ?? Array.Empty<object>())
        {
            switch (item is PSObject wrapped ? wrapped.BaseObject : item)
            {
                case null or DBNull:
                    break;
                case DataTable table:
                    foreach (var row in Rows(table.Rows))
                    {
                        yield return row;
                    }

                    break;
                case IList or IEnumerable<object> when (item is PSObject list ? list.BaseObject : item) is IEnumerable inner and not (IDictionary or PSObject or string):
                    foreach (var row in Rows(inner))
                    {
                        yield return row;
                    }

                    break;
                default:
                    yield return PSObject.AsPSObject(item);
                    break;
            }
        }
    }

    private static bool IsSeveralSeries(IDictionary dictionary) =>
        dictionary.Values.Cast<object?>().All(value => (value is PSObject wrapped ? wrapped.BaseObject : value) is null or MarketTable or DataTable or IDictionary or PSCustomObject or (IEnumerable and not string));

    private static MarketTable Table(IReadOnlyList<PSObject> rows, ProviderRequest request, string provider)
    {
        if (rows.Count == 0)
        {
            return MarketTable.Empty;
        }

        var names = new List<string>();
        var bags = rows.Select(row => Bag(row, names)).ToList();
        var key = KeyNames.FirstOrDefault(k => names.Contains(k, StringComparer.OrdinalIgnoreCase))
            ?? throw Bad(provider, $"its rows have no property '{MarketTable.DateColumn}' (or '{MarketTable.TimeColumn}' for bars shorter than a day); they have: {string.Join(", ", names)}");
        var columns = new List<MarketColumn>
        {
            key == MarketTable.DateColumn
                ? MarketColumn.OfDates(key, [.. bags.Select((bag, i) => Day(bag.GetValueOrDefault(key), i, provider))])
                : MarketColumn.OfInstants(key, [.. bags.Select((bag, i) => Moment(bag.GetValueOrDefault(key), i, provider))]),
        };
        foreach (var name in names)
        {
            var isTicker = request.Ticker is not null && name.Equals("Ticker", StringComparison.OrdinalIgnoreCase);
            if (!isTicker && !KeyNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                columns.Add(Column(name, [.. bags.Select(bag => bag.GetValueOrDefault(name))], provider));
            }
        }

        return new MarketTable([.. columns]);
    }

    private static Dictionary<string, object?> Bag(PSObject row, List<string> names)
    {
        var bag = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        if (row.BaseObject is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                Add(entry.Key.ToString()!, entry.Value);
            }
        }
        else if (row.BaseObject is DataRow record)
        {
            foreach (DataColumn column in record.Table.Columns)
            {
                Add(column.ColumnName, record[column]);
            }
        }
        else
        {
            foreach (var property in row.Properties)
            {
                Add(property.Name, property.Value);
            }
        }

        return bag;

        void Add(string name, object? value)
        {
            value = value is PSObject wrapped ? wrapped.BaseObject : value;
            bag[name] = value is DBNull ? null : value;
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                names.Add(name);
            }
        }
    }

    // The kind follows from the column's name before its values, so that it is the same however the rows of one fetch happen to look.
    private static MarketColumn Column(string name, object?[] values, string provider)
    {
        var known = NumberNames.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known == "Volume")
        {
            long?[] volumes = [.. values.Select((v, i) => Whole(v, known, i, provider))];
            return MarketColumn.OfLongs(known, [.. volumes.Select(v => v ?? 0)], [.. volumes.Select(v => v is not null)]);
        }

        if (known is not null || values.Any(IsNumber))
        {
            return MarketColumn.OfDoubles(known ?? name, [.. values.Select((v, i) => Number(v, name, i, provider) ?? double.NaN)], Valid(values));
        }

        var filled = values.Where(v => v is not null).ToList();
        return filled.Count > 0 && filled.TrueForAll(v => v is bool) ? MarketColumn.OfBooleans(name, [.. values.Select(v => v is true)], Valid(values))
            : filled.Count > 0 && filled.TrueForAll(v => v is DateTime or DateTimeOffset)
                ? MarketColumn.OfInstants(name, [.. values.Select((v, i) => v is null ? default : Moment(v, i, provider))], Valid(values))
            : MarketColumn.OfStrings(name, [.. values.Select(v => v is null ? null : Convert.ToString(v, CultureInfo.InvariantCulture))]);
    }

    private static bool[] Valid(object?[] values) => [.. values.Select(v => v is not (null or ""))];

    private static bool IsNumber(object? value) =>
        value is double or float or decimal or long or int or short or byte or uint or ulong or ushort or sbyte;

    private static double? Number(object? value, string column, int row, string provider) => value switch
    {
        null or "" => null,
        double number => number,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && (double.IsFinite(number) || !text.Any(char.IsAsciiDigit))
            ? number
            : throw Bad(provider, $"'{text}' in column {column} of row {row + 1} is not a number"),
        _ when IsNumber(value) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => throw Bad(provider, $"'{value}' in column {column} of row {row + 1} is not a number"),
    };

    private static long? Whole(object? value, string column, int row, string provider)
    {
        if (value is long or int or short or byte or uint or ushort or sbyte)
        {
            return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }

        var rounded = Math.Round(Number(value, column, row, provider) ?? double.NaN);
        return double.IsNaN(rounded) ? null
            : Math.Abs(rounded) < 9223372036854775808.0 ? (long)rounded
            : throw Bad(provider, $"'{value}' in column {column} of row {row + 1} is not a number of shares");
    }

    private static DateOnly Day(object? value, int row, string provider) => value switch
    {
        DateOnly day => day,
        DateTime time => DateOnly.FromDateTime(time),
        DateTimeOffset time => DateOnly.FromDateTime(time.DateTime),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => DateOnly.FromDateTime(time.DateTime),
        _ => throw Bad(provider, $"'{value}' in column {MarketTable.DateColumn} of row {row + 1} is not a date"),
    };

    private static DateTime Moment(object? value, int row, string provider) => value switch
    {
        DateTime time => time,
        DateTimeOffset time => time.UtcDateTime,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.UtcDateTime,
        _ => throw Bad(provider, $"'{value}' in column {MarketTable.TimeColumn} of row {row + 1} is not a time"),
    };

    private static ProviderException Bad(string provider, string problem) =>
        new(ProviderErrorKind.BadResponse, $"The script of the provider '{provider}' returned invalid rows: {problem}.") { Provider = provider };
}
