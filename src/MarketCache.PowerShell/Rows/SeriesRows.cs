using System.Collections;
using System.Management.Automation;

namespace MarketCache.PowerShell.Rows;

/// <summary>
/// The rows of an answer as scripts expect them: they enumerate, count, index (<c>[0]</c>, <c>[-1]</c>) and serialize as the typed rows that
/// <c>Get-MarketData</c> writes, and <c>['Close']</c> is a column as a list. To C# it is the table as ever.
/// </summary>
public sealed class SeriesRows : MarketTable, IReadOnlyList<object>, IList
{
    private readonly Func<int, object> _row;
    private IReadOnlyList<SeriesColumn>? _lists;

    /// <param name="series">The answer.</param>
    internal SeriesRows(MarketSeries series)
        : base([.. series.Rows.Columns])
    {
        _row = RowReader.Reader(series);
    }

    /// <inheritdoc/>
    public int Count => RowCount;

    /// <summary>The columns in order, as lists.</summary>
    public new IReadOnlyList<SeriesColumn> Columns => _lists ??= Array.AsReadOnly(base.Columns.Select(column => new SeriesColumn(column)).ToArray());

    /// <summary>A row: <see cref="OhlcvRow"/>, <see cref="IntradayOhlcvRow"/>, <see cref="ValueRow"/>, or a property bag for other columns.</summary>
    /// <param name="row">Zero-based row.</param>
    public object this[int row] =>
        (uint)row < (uint)RowCount ? _row(row) : throw new ArgumentOutOfRangeException(nameof(row), $"There are {RowCount} rows; the first is 0.");

    /// <summary>The column of that name as a list, without regard to case.</summary>
    /// <param name="name">The column's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such column; the message lists those there are.</exception>
    public new SeriesColumn this[string name] => new(base[name]);

    /// <summary>The column of that name as a list, without regard to case, or null.</summary>
    /// <param name="name">The column's name.</param>
    public new SeriesColumn? Find(string name) => base.Find(name) is { } column ? new(column) : null;

    /// <inheritdoc/>
    public IEnumerator<object> GetEnumerator()
    {
        for (var i = 0; i < RowCount; i++)
        {
            yield return _row(i);
        }
    }

    bool IList.IsFixedSize => true;

    bool IList.IsReadOnly => true;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    object? IList.this[int index]
    {
        get => this[index];
        set => throw ReadOnly();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection.CopyTo(Array array, int index)
    {
        ArgumentNullException.ThrowIfNull(array);
        foreach (var row in this)
        {
            array.SetValue(row, index++);
        }
    }

    bool IList.Contains(object? value) => ((IList)this).IndexOf(value) >= 0;

    int IList.IndexOf(object? value)
    {
        for (var i = 0; i < RowCount; i++)
        {
            if (Equals(_row(i), value))
            {
                return i;
            }
        }

        return -1;
    }

    int IList.Add(object? value) => throw ReadOnly();

    void IList.Clear() => throw ReadOnly();

    void IList.Insert(int index, object? value) => throw ReadOnly();

    void IList.Remove(object? value) => throw ReadOnly();

    void IList.RemoveAt(int index) => throw ReadOnly();

    private static NotSupportedException ReadOnly() => new("The rows of an answer cannot be changed.");
}

/// <summary>A column of an answer as a list of its values, days as <see cref="DateTime"/> and nulls as null.</summary>
public sealed class SeriesColumn : IReadOnlyList<object?>
{
    private readonly MarketColumn _column;

    /// <param name="column">The column.</param>
    internal SeriesColumn(MarketColumn column)
    {
        _column = column;
    }

    /// <summary>The column's name.</summary>
    public string Name => _column.Name;

    /// <summary>What the column holds.</summary>
    public ColumnKind Kind => _column.Kind;

    /// <summary>Whether any row is null.</summary>
    public bool HasNulls => _column.HasNulls;

    /// <inheritdoc/>
    public int Count => _column.Count;

    /// <summary>The row's value, or null.</summary>
    /// <param name="index">Zero-based row.</param>
    public object? this[int index] =>
        (uint)index < (uint)Count ? RowReader.Value(_column, index) : throw new ArgumentOutOfRangeException(nameof(index), $"There are {Count} rows; the first is 0.");

    /// <summary>The values; a null row is null.</summary>
    public IReadOnlyList<object?> Values => this;

    /// <summary>The row's value, or null.</summary>
    /// <param name="row">Zero-based row.</param>
    public object? GetValue(int row) => this[row];

    /// <summary>Whether the row is null.</summary>
    /// <param name="row">Zero-based row.</param>
    public bool IsNull(int row) => _column.IsNull(row);

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return RowReader.Value(_column, i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
