namespace MarketCache;

/// <summary>
/// An immutable table of typed columns: the value that MarketCache stores and returns. The rows of a series are keyed by
/// their first column, ascending and without repeats: <c>Date</c> (<see cref="ColumnKind.Date"/>) for daily and longer bars,
/// <c>Time</c> (<see cref="ColumnKind.Instant"/>, start of the bar in UTC) for shorter ones.
/// </summary>
public class MarketTable
{
    /// <summary>The key column's name in daily and longer series.</summary>
    public const string DateColumn = "Date";

    /// <summary>The key column's name in intraday series.</summary>
    public const string TimeColumn = "Time";

    private readonly MarketColumn[] _columns;
    private readonly System.Collections.ObjectModel.ReadOnlyCollection<MarketColumn> _readOnlyColumns;

    /// <summary>Creates a table of columns of equal length.</summary>
    /// <param name="columns">The columns in order; none is allowed and gives an empty table.</param>
    /// <exception cref="ArgumentException">Lengths differ, or two names differ at most in case.</exception>
    public MarketTable(params MarketColumn[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = [.. columns];
        _readOnlyColumns = Array.AsReadOnly(_columns);
        RowCount = columns.Length == 0 ? 0 : columns[0].Count;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Count != RowCount)
            {
                throw new ArgumentException(
                    $"Column '{columns[i].Name}' has {columns[i].Count} rows, column '{columns[0].Name}' has {RowCount}.", nameof(columns));
            }
        }

        CheckNames(columns);
    }

    /// <summary>A table without columns and rows.</summary>
    public static MarketTable Empty { get; } = new();

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<MarketColumn> Columns => _readOnlyColumns;

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Approximate managed memory that the table occupies, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            var bytes = 48 + (8L * _columns.Length);
            foreach (var column in _columns)
            {
                bytes += column.MemoryBytes;
            }

            return bytes;
        }
    }

    /// <summary>The column of that name, without regard to case.</summary>
    /// <param name="name">The column's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such column; the message lists those there are.</exception>
    public MarketColumn this[string name] =>
        Find(name) ?? throw new KeyNotFoundException(
            $"The table has no column '{name}'. Its columns are: {string.Join(", ", _columns.Select(c => c.Name))}.");

    /// <summary>The column of that name without regard to case, or null.</summary>
    /// <param name="name">The column's name.</param>
    public MarketColumn? Find(string name)
    {
        foreach (var column in _columns)
        {
            if (string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>The typed column of that name.</summary>
    /// <param name="name">The column's name.</param>
    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    /// <exception cref="InvalidCastException">The column holds another type.</exception>
    public MarketColumn<T> Column<T>(string name) =>
        this[name] as MarketColumn<T>
        ?? throw new InvalidCastException($"Column '{name}' holds {this[name].Kind} values, not {typeof(T).Name}.");

    /// <summary>A window of the rows that shares this table's memory.</summary>
    /// <param name="start">First row of the window.</param>
    /// <param name="count">Rows in the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window reaches beyond the table.</exception>
    public MarketTable Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, RowCount - count);
        if (start == 0 && count == RowCount)
        {
            return this;
        }

        var columns = new MarketColumn[_columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = _columns[i].Slice(start, count);
        }

        return new MarketTable(columns);
    }

    /// <summary>The rows at the given positions, in that order, as a new table.</summary>
    /// <param name="rows">Zero-based rows.</param>
    public MarketTable Take(ReadOnlySpan<int> rows)
    {
        var columns = new MarketColumn[_columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = _columns[i].Take(rows);
        }

        return new MarketTable(columns);
    }

    /// <summary>The rows of several tables with the same columns, one after another.</summary>
    /// <param name="parts">The tables; none gives <see cref="Empty"/>.</param>
    /// <exception cref="ArgumentException">The tables' columns differ in name, order or kind.</exception>
    public static MarketTable Concat(IReadOnlyList<MarketTable> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
        {
            return Empty;
        }

        if (parts.Count == 1)
        {
            return parts[0];
        }

        var first = parts[0];
        foreach (var part in parts)
        {
            if (!first.HasSameShape(part))
            {
                throw new ArgumentException("The tables' columns differ.", nameof(parts));
            }
        }

        var columns = new MarketColumn[first._columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var index = i;
            columns[i] = MarketColumn.Concat([.. parts.Select(p => p._columns[index])]);
        }

        return new MarketTable(columns);
    }

    /// <summary>Whether both tables have columns of the same names and kinds in the same order.</summary>
    /// <param name="other">The table to compare with.</param>
    public bool HasSameShape(MarketTable? other)
    {
        if (other is null || other._columns.Length != _columns.Length)
        {
            return false;
        }

        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Kind != other._columns[i].Kind || _columns[i].Name != other._columns[i].Name)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether both tables hold the same columns and rows, doubles compared by their bits.</summary>
    /// <param name="other">The table to compare with.</param>
    public bool ContentEquals(MarketTable? other)
    {
        if (!HasSameShape(other) || other!.RowCount != RowCount)
        {
            return false;
        }

        for (var i = 0; i < _columns.Length; i++)
        {
            if (!_columns[i].ContentEquals(other._columns[i]))
            {
                return false;
            }
        }

        return true;
    }

    // Comparing every pair is fastest for the few columns that tables have; many (from a file of unknown origin) must not take forever.
    private static void CheckNames(MarketColumn[] columns)
    {
        const int few = 16;
        var names = columns.Length > few ? new HashSet<string>(columns.Length, StringComparer.OrdinalIgnoreCase) : null;
        for (var i = 0; i < columns.Length; i++)
        {
            var isRepeated = names is not null && !names.Add(columns[i].Name);
            for (var j = 0; names is null && j < i; j++)
            {
                isRepeated |= string.Equals(columns[i].Name, columns[j].Name, StringComparison.OrdinalIgnoreCase);
            }

            if (isRepeated)
            {
                throw new ArgumentException($"Two columns are named '{columns[i].Name}'.", nameof(columns));
            }
        }
    }
}
