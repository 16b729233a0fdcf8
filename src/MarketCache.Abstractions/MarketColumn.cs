namespace MarketCache;

/// <summary>One named, immutable column of a <see cref="MarketTable"/>.</summary>
public abstract class MarketColumn
{
    private protected MarketColumn(string name, ColumnKind kind, int count)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Kind = kind;
        Count = count;
    }

    /// <summary>The column's name, unique in its table without regard to case.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>Whether any row is null.</summary>
    public abstract bool HasNulls { get; }

    /// <summary>Approximate managed memory that the column's rows occupy, in bytes.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Whether the row is null.</summary>
    /// <param name="row">Zero-based row.</param>
    public abstract bool IsNull(int row);

    /// <summary>The row's value, boxed, or null. For hot paths use <see cref="MarketColumn{T}.Values"/>.</summary>
    /// <param name="row">Zero-based row.</param>
    public abstract object? GetValue(int row);

    /// <summary>A window of the column that shares its memory.</summary>
    /// <param name="start">First row of the window.</param>
    /// <param name="count">Rows in the window.</param>
    public abstract MarketColumn Slice(int start, int count);

    /// <summary>The same rows under another name; memory is shared.</summary>
    /// <param name="name">The new name.</param>
    public abstract MarketColumn Rename(string name);

    /// <summary>The rows at the given positions, in that order, as a new column.</summary>
    /// <param name="rows">Zero-based rows; repeats are allowed.</param>
    public abstract MarketColumn Take(ReadOnlySpan<int> rows);

    /// <summary>The rows of several columns of the same kind, one after another, under the first one's name.</summary>
    /// <param name="parts">At least one column.</param>
    /// <exception cref="ArgumentException">There is no part, or the kinds differ.</exception>
    public static MarketColumn Concat(IReadOnlyList<MarketColumn> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
        {
            throw new ArgumentException("At least one column is needed.", nameof(parts));
        }

        return parts.Count == 1 ? parts[0] : parts[0].ConcatCore(parts);
    }

    /// <summary>Whether both columns have the same name, kind and rows, doubles compared by their bits.</summary>
    /// <param name="other">The column to compare with.</param>
    public abstract bool ContentEquals(MarketColumn? other);

    /// <summary>A column of calendar days.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">The rows; the array is owned by the column from now on.</param>
    /// <param name="valid">For each row whether it has a value, or null if all have.</param>
    public static MarketColumn<DateOnly> OfDates(string name, DateOnly[] values, bool[]? valid = null) =>
        MarketColumn<DateOnly>.Create(name, ColumnKind.Date, values, valid);

    /// <summary>A column of UTC moments. Values of another kind are converted; unspecified ones are taken as UTC.</summary>
    /// <inheritdoc cref="OfDates"/>
    public static MarketColumn<DateTime> OfInstants(string name, DateTime[] values, bool[]? valid = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = values[i].Kind switch
            {
                DateTimeKind.Utc => values[i],
                DateTimeKind.Local => values[i].ToUniversalTime(),
                _ => DateTime.SpecifyKind(values[i], DateTimeKind.Utc),
            };
        }

        return MarketColumn<DateTime>.Create(name, ColumnKind.Instant, values, valid);
    }

    /// <summary>A column of doubles.</summary>
    /// <inheritdoc cref="OfDates"/>
    public static MarketColumn<double> OfDoubles(string name, double[] values, bool[]? valid = null) =>
        MarketColumn<double>.Create(name, ColumnKind.Double, values, valid);

    /// <summary>A column of 64-bit integers.</summary>
    /// <inheritdoc cref="OfDates"/>
    public static MarketColumn<long> OfLongs(string name, long[] values, bool[]? valid = null) =>
        MarketColumn<long>.Create(name, ColumnKind.Long, values, valid);

    /// <summary>A column of truth values.</summary>
    /// <inheritdoc cref="OfDates"/>
    public static MarketColumn<bool> OfBooleans(string name, bool[] values, bool[]? valid = null) =>
        MarketColumn<bool>.Create(name, ColumnKind.Boolean, values, valid);

    /// <summary>A column of text; a null string is a null row.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="values">The rows; the array is owned by the column from now on.</param>
    public static MarketColumn<string> OfStrings(string name, string?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        bool[]? valid = null;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is null)
            {
                valid ??= AllTrue(values.Length);
                valid[i] = false;
            }
        }

        return MarketColumn<string>.Create(name, ColumnKind.String, values!, valid);
    }

    private protected abstract MarketColumn ConcatCore(IReadOnlyList<MarketColumn> parts);

    private static bool[] AllTrue(int length)
    {
        var all = new bool[length];
        Array.Fill(all, true);
        return all;
    }
}
