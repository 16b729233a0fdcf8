namespace MarketCache.Engine.Tables;

/// <summary>Reads the rows of one payload into a window of the columns' arrays.</summary>
internal readonly ref struct BlockDecoder
{
    // Padded: readable for RiceCode.Padding bytes beyond the payload.
    private readonly ReadOnlySpan<byte> _padded;
    private readonly ColumnLayout[] _columns;
    private readonly int _rows;

    public BlockDecoder(ReadOnlySpan<byte> padded, ColumnLayout[] columns, int rows)
    {
        _padded = padded;
        _columns = columns;
        _rows = rows;
    }

    /// <summary>Reads every column.</summary>
    /// <param name="values">The columns' arrays.</param>
    /// <param name="validity">The columns' validity flags, or null of those that have no nulls.</param>
    /// <param name="offset">The first row to fill.</param>
    public void Read(Array[] values, bool[]?[] validity, int offset)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var column = _columns[i];
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    ReadDates(column, Window<DateOnly>(values[i], offset, column.Count));
                    break;
                case ColumnKind.Instant:
                    ReadInstants(column, Window<DateTime>(values[i], offset, column.Count));
                    break;
                case ColumnKind.Double:
                    var numbers = Reinterpret.AsNumbers(Window<double>(values[i], offset, column.Count));
                    ReadRest(column, numbers);
                    if (!column.IsBar)
                    {
                        Predictor.Undo(column.Prediction, column.First, numbers);
                        ToDoubles(column, numbers);
                    }

                    break;
                case ColumnKind.Long:
                    ReadIntegers(column, Window<long>(values[i], offset, column.Count));
                    break;
                case ColumnKind.Boolean:
                    ReadFlags(column, Window<bool>(values[i], offset, column.Count));
                    break;
                default:
                    if (column.Count > 0)
                    {
                        StringCodec.Read(_padded, column.Texts, Window<string>(values[i], offset, column.Count));
                    }

                    break;
            }
        }

        ReadBars(values, offset);
        for (var i = 0; i < _columns.Length; i++)
        {
            if (validity[i] is { } flags)
            {
                ReadNulls(_columns[i], values[i], new Span<bool>(flags, offset, _rows), offset);
            }
        }
    }

    private static Span<T> Window<T>(Array values, int offset, int count) => new((T[])values, offset, count);

    private void ReadRest(ColumnLayout column, Span<long> rest)
    {
        if (column.Count == 0)
        {
            return;
        }

        NumberStream.Read(_padded, column.Numbers, rest);
        if (column.IsBiased)
        {
            AddBias(rest, column.Bias);
        }
        else if (column.Numbers.Packing != Packing.Zero)
        {
            ZigZag.Decode(rest);
        }
    }

    private static void AddBias(Span<long> rest, long bias)
    {
        if (bias == 0)
        {
            return;
        }

        foreach (ref var number in rest)
        {
            number += bias;
        }
    }

    private void ReadIntegers(ColumnLayout column, Span<long> values)
    {
        ReadRest(column, values);
        Predictor.Undo(column.Prediction, column.First, values);
        if (column.Divisor != 1)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] *= column.Divisor;
            }
        }
    }

    private void ReadDates(ColumnLayout column, Span<DateOnly> dates)
    {
        var numbers = NumberPool.Rent(dates.Length);
        try
        {
            var span = new Span<long>(numbers, 0, dates.Length);
            ReadRest(column, span);
            Predictor.Undo(column.Prediction, column.First, span);
            if (dates.Length > 0)
            {
                DateMapping.ToDates(column.Mapping, column.Scale, span, dates);
            }
        }
        finally
        {
            NumberPool.Return(numbers);
        }
    }

    private void ReadInstants(ColumnLayout column, Span<DateTime> instants)
    {
        var ticks = NumberPool.Rent(instants.Length);
        try
        {
            var span = new Span<long>(ticks, 0, instants.Length);
            ReadIntegers(column, span);
            for (var i = 0; i < span.Length; i++)
            {
                if ((ulong)span[i] > (ulong)DateTime.MaxValue.Ticks)
                {
                    TableFormat.Fail("A moment is out of range.");
                }

                instants[i] = new DateTime(span[i], DateTimeKind.Utc);
            }
        }
        finally
        {
            NumberPool.Return(ticks);
        }
    }

    private void ReadFlags(ColumnLayout column, Span<bool> flags)
    {
        var numbers = NumberPool.Rent(flags.Length);
        try
        {
            var span = new Span<long>(numbers, 0, flags.Length);
            ReadIntegers(column, span);
            for (var i = 0; i < span.Length; i++)
            {
                if ((ulong)span[i] > 1)
                {
                    TableFormat.Fail("A truth value is neither 0 nor 1.");
                }

                flags[i] = span[i] != 0;
            }
        }
        finally
        {
            NumberPool.Return(numbers);
        }
    }

    private void ReadBars(Array[] values, int offset)
    {
        Span<int> at = stackalloc int[4];
        var found = false;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].IsBar)
            {
                at[_columns[i].Prediction - Prediction.BarOpen] = i;
                found = true;
            }
        }

        if (!found)
        {
            return;
        }

        var count = _columns[at[0]].Count;
        var open = Reinterpret.AsNumbers(Window<double>(values[at[0]], offset, count));
        var high = Reinterpret.AsNumbers(Window<double>(values[at[1]], offset, count));
        var low = Reinterpret.AsNumbers(Window<double>(values[at[2]], offset, count));
        var close = Reinterpret.AsNumbers(Window<double>(values[at[3]], offset, count));
        Predictor.UndoBars(_columns[at[0]].First, open, high, low, close);
        ToDoubles(_columns[at[0]], open);
        ToDoubles(_columns[at[1]], high);
        ToDoubles(_columns[at[2]], low);
        ToDoubles(_columns[at[3]], close);
    }

    private void ToDoubles(ColumnLayout column, Span<long> numbers)
    {
        var doubles = Reinterpret.AsDoubles(numbers);
        switch (column.Mapping)
        {
            case Mapping.Bits:
                for (var i = 0; i < numbers.Length; i++)
                {
                    doubles[i] = DoubleMapping.ToBits(numbers[i]);
                }

                return;
            case Mapping.SingleBits:
                for (var i = 0; i < numbers.Length; i++)
                {
                    doubles[i] = DoubleMapping.ToSingleBits((int)numbers[i]);
                }

                break;
            default:
                DoubleMapping.ToDecimals(numbers, column.Divisor, column.Scale, column.Mapping == Mapping.SingleDecimal);
                break;
        }

        if (column.SpecialCount > 0)
        {
            ReadSpecials(column, doubles);
        }
    }

    private void ReadSpecials(ColumnLayout column, Span<double> doubles)
    {
        var reader = new PayloadReader(_padded, column.Specials);
        long at = -1;
        for (var i = 0; i < column.SpecialCount; i++)
        {
            var gap = reader.ReadVarint();
            if (gap >= (ulong)(doubles.Length - at - 1))
            {
                TableFormat.Fail("A special value lies beyond the column's end.");
            }

            at += (long)gap + 1;
            doubles[(int)at] = BitConverter.UInt64BitsToDouble(reader.ReadUInt64());
        }
    }

    // The values that are not null lie at the window's start; from the end backwards each moves to its row.
    private void ReadNulls(ColumnLayout column, Array values, Span<bool> flags, int offset)
    {
        if (!column.HasNulls)
        {
            flags.Fill(true);
            return;
        }

        if (column.Count == 0)
        {
            flags.Clear();
        }
        else
        {
            var nulls = NumberPool.Rent(flags.Length);
            try
            {
                var span = new Span<long>(nulls, 0, flags.Length);
                NumberStream.Read(_padded, column.Nulls, span);
                var count = 0;
                for (var i = 0; i < span.Length; i++)
                {
                    flags[i] = span[i] == 0;
                    count += flags[i] ? 1 : 0;
                }

                if (count != column.Count)
                {
                    TableFormat.Fail($"Column '{column.Name}' has {count} values, not {column.Count}.");
                }
            }
            finally
            {
                NumberPool.Return(nulls);
            }
        }

        switch (column.Kind)
        {
            case ColumnKind.Date:
                Spread<DateOnly>(values, flags, offset, column.Count);
                break;
            case ColumnKind.Instant:
                Spread<DateTime>(values, flags, offset, column.Count);
                break;
            case ColumnKind.Double:
                Spread<double>(values, flags, offset, column.Count);
                break;
            case ColumnKind.Long:
                Spread<long>(values, flags, offset, column.Count);
                break;
            case ColumnKind.Boolean:
                Spread<bool>(values, flags, offset, column.Count);
                break;
            default:
                Spread<string>(values, flags, offset, column.Count);
                break;
        }
    }

    private static void Spread<T>(Array values, ReadOnlySpan<bool> flags, int offset, int count)
    {
        var window = Window<T>(values, offset, flags.Length);
        for (var i = flags.Length - 1; i >= 0; i--)
        {
            window[i] = flags[i] ? window[--count] : default!;
        }
    }
}
