using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Rows;

/// <summary>
/// Collects what comes down a pipeline into tables: rows of <c>Get-MarketData</c>, answers of <c>-AsSeries</c>, also after a job or
/// <c>Import-Clixml</c>, and any object with a <c>Date</c> or <c>Time</c>.
/// </summary>
internal sealed class PipedRows
{
    private static readonly string[] Keys = [MarketTable.DateColumn, MarketTable.TimeColumn];

    private readonly List<string> _columns = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<object?[]> _rows = [];

    /// <summary>How many rows there are.</summary>
    internal int Count => _rows.Count;

    /// <summary>Takes an object.</summary>
    /// <param name="item">A row, an answer, or a list of rows.</param>
    /// <exception cref="MarketDataException"><c>InvalidRow</c>: it is no row.</exception>
    internal void Add(object item)
    {
        var row = PSObject.AsPSObject(item);
        if (row.BaseObject is MarketSeries series)
        {
            foreach (var own in RowReader.Read(series))
            {
                Add(own, series.Request.DataType);
            }

            return;
        }

        // An answer that has been serialized.
        if (row.Properties["Rows"]?.Value is { } rows && row.Properties["Request"] is not null && Bare(rows) is IEnumerable list)
        {
            foreach (var own in list)
            {
                Add(own, row.Properties["DataType"]?.Value as string);
            }

            return;
        }

        Add(item, null);
    }

    /// <summary>All rows as one table.</summary>
    internal MarketTable ToTable() => TableOf(_rows);

    /// <summary>The rows by ticker and data type, in the order in which these came.</summary>
    internal IEnumerable<(string Name, MarketTable Table)> BySeries() => _rows
        .GroupBy(row => (Ticker: Text(row, "Ticker"), DataType: Text(row, "DataType")))
        .Select(group => (group.Key.Ticker.Length > 0 && group.Key.DataType is "" or "OHLCV" ? group.Key.Ticker : $"{group.Key.Ticker} {group.Key.DataType}".Trim(), TableOf([.. group])));

    private void Add(object item, string? dataType)
    {
        var properties = PSObject.AsPSObject(item).Properties;
        if (!Array.Exists(Keys, key => properties[key] is not null))
        {
            throw new MarketDataException(
                "InvalidRow", $"An object of type {PSObject.AsPSObject(item).BaseObject.GetType().Name} has neither Date nor Time. Pipe what Get-MarketData writes.");
        }

        var row = new List<(int Place, object? Value)>();
        foreach (var property in properties)
        {
            if (property.IsGettable && property.Name is not ("PSComputerName" or "RunspaceId" or "PSShowComputerName"))
            {
                row.Add((PlaceOf(property.Name), Bare(property.Value)));
            }
        }

        if (dataType is not null && properties["DataType"] is null && properties["Open"] is null)
        {
            row.Add((PlaceOf("DataType"), dataType));
        }

        var values = new object?[_columns.Count];
        foreach (var (place, value) in row)
        {
            values[place] = value;
        }

        _rows.Add(values);
    }

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private int PlaceOf(string name)
    {
        if (!_places.TryGetValue(name, out var place))
        {
            _places.Add(name, place = _columns.Count);
            _columns.Add(name);
        }

        return place;
    }

    private string Text(object?[] row, string column) =>
        _places.TryGetValue(column, out var place) && place < row.Length ? Convert.ToString(row[place], CultureInfo.InvariantCulture) ?? string.Empty : string.Empty;

    /// <summary>A table of the columns that have a value in any of the rows.</summary>
    private MarketTable TableOf(List<object?[]> rows) => new(
    [
        .. _columns
            .Select((name, place) => (Name: name, Values: rows.ConvertAll(row => place < row.Length ? row[place] : null)))
            .Where(column => column.Values.Exists(value => value is not null))
            .Select(column => ColumnOf(column.Name, column.Values)),
    ]);

    private static MarketColumn ColumnOf(string name, List<object?> values)
    {
        var valid = values.ConvertAll(value => value is not null).ToArray();
        bool All(Func<object, bool> test) => values.TrueForAll(value => value is null || test(value));
        T[] Of<T>(Func<object, T> convert) => [.. values.Select(value => value is null ? default! : convert(value))];

        if (All(value => value is DateTime or DateOnly))
        {
            // A day has no zone; a moment is in UTC.
            return All(value => value is DateOnly || ((DateTime)value).TimeOfDay == TimeSpan.Zero) && !name.Equals(MarketTable.TimeColumn, StringComparison.OrdinalIgnoreCase)
                ? MarketColumn.OfDates(name, Of(value => value is DateOnly day ? day : DateOnly.FromDateTime((DateTime)value)), valid)
                : MarketColumn.OfInstants(name, Of(value => value is DateTime at ? at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc) : ((DateOnly)value).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)), valid);
        }

        if (All(value => value is bool))
        {
            return MarketColumn.OfBooleans(name, Of(value => (bool)value), valid);
        }

        if (All(value => value is long or int or short or byte))
        {
            return MarketColumn.OfLongs(name, Of(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)), valid);
        }

        return All(value => value is double or float or decimal or long or int or short or byte)
            ? MarketColumn.OfDoubles(name, Of(value => Convert.ToDouble(value, CultureInfo.InvariantCulture)), valid)
            : MarketColumn.OfStrings(name, [.. values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))]);
    }
}
