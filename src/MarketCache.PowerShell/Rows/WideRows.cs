using System.Management.Automation;

namespace MarketCache.PowerShell.Rows;

/// <summary>Joins answers by date: a row for each, with a column for each series.</summary>
internal sealed class WideRows
{
    private readonly SortedDictionary<DateTime, Dictionary<string, object?>> _rows = [];
    private readonly List<string> _names = [];
    private string _key = MarketTable.DateColumn;

    /// <summary>Takes an answer: its closes, or its values.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="table">The rows.</param>
    internal void Add(string name, MarketTable table)
    {
        if (!_names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _names.Add(name);
        }

        if (table.Columns.Count < 2)
        {
            return;
        }

        var values = table.Find("Close") ?? table.Find("Value") ?? table.Columns[1];
        _key = table.Columns[0].Name;
        for (var i = 0; i < table.RowCount; i++)
        {
            var at = table.Columns[0].GetValue(i) is DateOnly day ? day.ToDateTime(TimeOnly.MinValue) : (DateTime)table.Columns[0].GetValue(i)!;
            if (!_rows.TryGetValue(at, out var row))
            {
                _rows.Add(at, row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase));
            }

            row[name] = values.GetValue(i);
        }
    }

    /// <summary>The rows by date, each with all columns; null where a series has no row.</summary>
    internal IEnumerable<PSObject> Read()
    {
        foreach (var (at, values) in _rows)
        {
            var row = new PSObject();
            row.Properties.Add(new PSNoteProperty(_key, at), preValidated: true);
            foreach (var name in _names)
            {
                row.Properties.Add(new PSNoteProperty(name, values.GetValueOrDefault(name)), preValidated: true);
            }

            yield return row;
        }
    }
}
