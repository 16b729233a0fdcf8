namespace MarketCache.Engine.Tables;

/// <summary>Reads the columns of a block into windows of arrays.</summary>
internal readonly ref struct ColumnDecoder
{
    private readonly ReadOnlySpan<byte> _padded;

    public ColumnDecoder(ReadOnlySpan<byte> padded) => _padded = padded;

    /// <summary>Reads a column that is no part of bars.</summary>
    /// <param name="column">The column.</param>
    /// <param name="target">Where its rows go.</param>
    public void Read(in ColumnLayout column, in ColumnWindow target)
    {
        switch (column.Kind)
        {
            case ColumnKind.Double:
                var numbers = Reinterpret.AsNumbers(target.Values<double>(column.Count));
                ReadNumbers(column, numbers);
                ToDoubles(column, numbers);
                break;
            case ColumnKind.Long:
                ReadNumbers(column, target.Values<long>(column.Count));
                break;
            case ColumnKind.Date or ColumnKind.Instant or ColumnKind.Boolean:
                ReadOthers(column, target);
                break;
            default:
                if (column.Count > 0)
                {
                    StringCodec.Read(_padded, column, target.Values<string>(column.Count));
                }

                break;
        }

        ReadNulls(column, target);
    }

    /// <summary>Reads the open, high, low and close of bars.</summary>
    /// <param name="bars">The four columns.</param>
    /// <param name="targets">Where the rows of each go.</param>
    public void ReadBars(ReadOnlySpan<ColumnLayout> bars, ReadOnlySpan<ColumnWindow> targets)
    {
        var count = bars[0].Count;
        var open = Reinterpret.AsNumbers(targets[0].Values<double>(count));
        var high = Reinterpret.AsNumbers(targets[1].Values<double>(count));
        var low = Reinterpret.AsNumbers(targets[2].Values<double>(count));
        var close = Reinterpret.AsNumbers(targets[3].Values<double>(count));
        ReadRest(bars[0], open);
        ReadRest(bars[1], high);
        ReadRest(bars[2], low);
        ReadRest(bars[3], close);
        Predictor.UndoBars(bars[0].First, open, high, low, close);
        ToDoubles(bars[0], open);
        ToDoubles(bars[1], high);
        ToDoubles(bars[2], low);
        ToDoubles(bars[3], close);
        for (var i = 0; i < 4; i++)
        {
            ReadNulls(bars[i], targets[i]);
        }
    }

    private void ReadRest(in ColumnLayout column, Span<long> rest)
    {
        PackedNumbers.Read(_padded, column.NumbersAt, rest);
        if (!column.IsBiased)
        {
            ZigZag.Decode(rest);
        }
        else if (column.Bias != 0)
        {
            foreach (ref var number in rest)
            {
                number += column.Bias;
            }
        }
    }

    private void ReadNumbers(in ColumnLayout column, Span<long> numbers)
    {
        ReadRest(column, numbers);
        Predictor.Undo(column.Prediction, column.First, numbers);
        if (column.Mapping == Mapping.Integer && column.Divisor != 1)
        {
            foreach (ref var number in numbers)
            {
                number *= column.Divisor;
            }
        }
    }

    private void ReadOthers(in ColumnLayout column, in ColumnWindow target)
    {
        var scratch = NumberPool.Rent(column.Count);
        try
        {
            var numbers = new Span<long>(scratch, 0, column.Count);
            ReadNumbers(column, numbers);
            switch (column.Kind)
            {
                case ColumnKind.Date:
                    DateMapping.ToDates(column.Mapping, numbers, target.Values<DateOnly>(column.Count));
                    break;
                case ColumnKind.Instant:
                    ToInstants(numbers, target.Values<DateTime>(column.Count));
                    break;
                default:
                    ToFlags(numbers, target.Values<bool>(column.Count));
                    break;
            }
        }
        finally
        {
            NumberPool.Return(scratch);
        }
    }

    private static void ToInstants(ReadOnlySpan<long> ticks, Span<DateTime> instants)
    {
        for (var i = 0; i < ticks.Length; i++)
        {
            if ((ulong)ticks[i] > (ulong)DateTime.MaxValue.Ticks)
            {
                TableFormat.Fail("A moment is out of range.");
            }

            instants[i] = new DateTime(ticks[i], DateTimeKind.Utc);
        }
    }

    private static void ToFlags(ReadOnlySpan<long> numbers, Span<bool> flags)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if ((ulong)numbers[i] > 1)
            {
                TableFormat.Fail("A truth value is neither 0 nor 1.");
            }

            flags[i] = numbers[i] != 0;
        }
    }

    private void ToDoubles(in ColumnLayout column, Span<long> numbers)
    {
        switch (column.Mapping)
        {
            case Mapping.Bits:
                DoubleMapping.ToBits(numbers);
                break;
            case Mapping.SingleBits:
                DoubleMapping.ToSingleBits(numbers);
                break;
            default:
                DoubleMapping.ToDecimals(numbers, column.Divisor, column.Scale, column.Mapping == Mapping.SingleDecimal);
                break;
        }

        if (column.SpecialCount > 0)
        {
            ReadSpecials(column, Reinterpret.AsDoubles(numbers));
        }
    }

    private void ReadSpecials(in ColumnLayout column, Span<double> doubles)
    {
        var reader = new PayloadReader(_padded, column.SpecialsAt);
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

    // The values that are not null lie at the window's start; from the end backwards they move to their rows.
    private void ReadNulls(in ColumnLayout column, in ColumnWindow target)
    {
        if (!target.HasValidity)
        {
            return;
        }

        var flags = target.Validity(column.Rows);
        if (!column.HasNulls)
        {
            flags.Fill(true);
            return;
        }

        ReadValidity(column, flags);
        var left = column.Count;
        for (var end = flags.Length; end > 0;)
        {
            var start = flags[..end].LastIndexOf(false) + 1;
            left -= end - start;
            target.Move(left, start, end - start);
            end = flags[..start].LastIndexOf(true) + 1;
            target.Clear(end, start - end);
        }
    }

    private void ReadValidity(in ColumnLayout column, Span<bool> flags)
    {
        var scratch = NumberPool.Rent(flags.Length);
        try
        {
            var nulls = new Span<long>(scratch, 0, flags.Length);
            PackedNumbers.Read(_padded, column.NullsAt, nulls);
            var count = 0;
            for (var i = 0; i < nulls.Length; i++)
            {
                flags[i] = nulls[i] == 0;
                count += flags[i] ? 1 : 0;
            }

            if (count != column.Count)
            {
                TableFormat.Fail($"A column has {count} values, not {column.Count}.");
            }
        }
        finally
        {
            NumberPool.Return(scratch);
        }
    }
}
