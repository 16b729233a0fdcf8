using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MarketCache;

/// <summary>A typed, immutable column.</summary>
/// <typeparam name="T">
/// <see cref="DateOnly"/>, <see cref="DateTime"/> (UTC), <see cref="double"/>, <see cref="long"/>, <see cref="string"/> or
/// <see cref="bool"/>.
/// </typeparam>
public sealed class MarketColumn<T> : MarketColumn
{
    private readonly T[] _values;
    private readonly bool[]? _valid;
    private readonly int _offset;

    private MarketColumn(string name, ColumnKind kind, T[] values, bool[]? valid, int offset, int count)
        : base(name, kind, count)
    {
        _values = values;
        _valid = valid;
        _offset = offset;
    }

    /// <summary>The rows without their nulls told apart: a null row holds the type's default here.</summary>
    public ReadOnlySpan<T> Values => new(_values, _offset, Count);

    /// <summary>For each row whether it has a value; empty if every row has one.</summary>
    public ReadOnlySpan<bool> Validity => _valid is null ? default : new(_valid, _offset, Count);

    /// <inheritdoc/>
    public override bool HasNulls => _valid is not null && Validity.Contains(false);

    /// <inheritdoc/>
    public override long MemoryBytes
    {
        get
        {
            var bytes = 64 + ((long)Count * Unsafe.SizeOf<T>()) + (_valid is null ? 0 : Count);
            if (this is MarketColumn<string> text)
            {
                foreach (var s in text.Values)
                {
                    bytes += s is null ? 0 : 24 + (2L * s.Length);
                }
            }

            return bytes;
        }
    }

    /// <summary>The row's value, or the type's default where it is null.</summary>
    /// <param name="row">Zero-based row.</param>
    public T this[int row] => Values[row];

    /// <inheritdoc/>
    public override bool IsNull(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        return _valid is not null && !_valid[_offset + row];
    }

    /// <inheritdoc/>
    public override object? GetValue(int row) => IsNull(row) ? null : _values[_offset + row];

    /// <inheritdoc/>
    public override MarketColumn Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - count);
        return start == 0 && count == Count ? this : new MarketColumn<T>(Name, Kind, _values, _valid, _offset + start, count);
    }

    /// <inheritdoc/>
    public override MarketColumn Rename(string name) => new MarketColumn<T>(name, Kind, _values, _valid, _offset, Count);

    /// <inheritdoc/>
    public override MarketColumn Take(ReadOnlySpan<int> rows)
    {
        var values = new T[rows.Length];
        var valid = _valid is null ? null : new bool[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            values[i] = Values[rows[i]];
            if (valid is not null)
            {
                valid[i] = Validity[rows[i]];
            }
        }

        return Create(Name, Kind, values, valid);
    }

    /// <inheritdoc/>
    public override bool ContentEquals(MarketColumn? other)
    {
        if (other is not MarketColumn<T> same || same.Name != Name || same.Count != Count)
        {
            return false;
        }

        var nulls = HasNulls;
        if (nulls != same.HasNulls || (nulls && !Validity.SequenceEqual(same.Validity)))
        {
            return false;
        }

        if (typeof(T) == typeof(double))
        {
            var mine = MemoryMarshal.Cast<double, long>(As<double>(this).Values);
            return mine.SequenceEqual(MemoryMarshal.Cast<double, long>(As<double>(same).Values));
        }

        return Values.SequenceEqual(same.Values);
    }

    internal static MarketColumn<T> Create(string name, ColumnKind kind, T[] values, bool[]? valid)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (valid is not null)
        {
            if (valid.Length != values.Length)
            {
                throw new ArgumentException($"Column '{name}': {values.Length} values but {valid.Length} validity flags.", nameof(valid));
            }

            var nulls = false;
            for (var i = 0; i < valid.Length; i++)
            {
                if (!valid[i])
                {
                    nulls = true;
                    values[i] = default!;
                }
            }

            valid = nulls ? valid : null;
        }

        return new MarketColumn<T>(name, kind, values, valid, 0, values.Length);
    }

    private protected override MarketColumn ConcatCore(IReadOnlyList<MarketColumn> parts)
    {
        var total = 0;
        var nulls = false;
        foreach (var part in parts)
        {
            if (part.Kind != Kind)
            {
                throw new ArgumentException($"Column '{Name}' is of kind {Kind}, another part is of kind {part.Kind}.", nameof(parts));
            }

            total = checked(total + part.Count);
            nulls |= part.HasNulls;
        }

        var values = new T[total];
        var valid = nulls ? new bool[total] : null;
        var at = 0;
        foreach (var part in parts)
        {
            var typed = (MarketColumn<T>)part;
            typed.Values.CopyTo(values.AsSpan(at));
            if (valid is not null)
            {
                if (typed._valid is null)
                {
                    valid.AsSpan(at, typed.Count).Fill(true);
                }
                else
                {
                    typed.Validity.CopyTo(valid.AsSpan(at));
                }
            }

            at += typed.Count;
        }

        return new MarketColumn<T>(Name, Kind, values, valid, 0, total);
    }

    private static MarketColumn<TOther> As<TOther>(MarketColumn column) => (MarketColumn<TOther>)column;
}
