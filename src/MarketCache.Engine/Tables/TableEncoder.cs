namespace MarketCache.Engine.Tables;

/// <summary>Writes a table's payload.</summary>
internal sealed class TableEncoder : IDisposable
{
    private static readonly string[] BarNames = ["Open", "High", "Low", "Close"];

    private readonly Scratch _scratch = new();
    private readonly NumberPlanner _planner;
    private readonly MarketTable _table;
    private readonly NumberPlan?[] _plans;

    public TableEncoder(MarketTable table)
    {
        _table = table;
        _planner = new NumberPlanner(_scratch);
        _plans = new NumberPlan?[table.Columns.Count];
        PlanBars();
        for (var i = 0; i < _plans.Length; i++)
        {
            _plans[i] ??= Plan(table.Columns[i]);
            HasText |= table.Columns[i].Kind == ColumnKind.String;
        }
    }

    /// <summary>Whether any column holds text.</summary>
    public bool HasText { get; }

    /// <summary>Writes the columns, one after another.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="planes">Lay numbers out for Zstandard to compress, instead of packing their bits.</param>
    public void Write(PayloadWriter writer, bool planes)
    {
        for (var i = 0; i < _plans.Length; i++)
        {
            WriteColumn(writer, _table.Columns[i], _plans[i], planes);
        }
    }

    public void Dispose() => _scratch.Dispose();

    private NumberPlan? Plan(MarketColumn column)
    {
        var count = Present(column);
        if (count == 0)
        {
            return null;
        }

        return column switch
        {
            MarketColumn<DateOnly> dates => _planner.PlanDates(Dense(dates, count)),
            MarketColumn<DateTime> instants => _planner.PlanInstants(Dense(instants, count)),
            MarketColumn<double> doubles => _planner.PlanDoubles(Doubles(doubles, count)),
            MarketColumn<long> longs => _planner.PlanLongs(Dense(longs, count)),
            MarketColumn<bool> flags => _planner.PlanBooleans(Dense(flags, count)),
            _ => null,
        };
    }

    // Prices of one bar are near each other: where the four columns are there and have values in the same rows, each is stored
    // relative to the others if that is smaller.
    private void PlanBars()
    {
        Span<int> at = stackalloc int[4];
        for (var i = 0; i < 4; i++)
        {
            at[i] = -1;
            for (var c = 0; c < _table.Columns.Count; c++)
            {
                if (string.Equals(_table.Columns[c].Name, BarNames[i], StringComparison.OrdinalIgnoreCase))
                {
                    at[i] = c;
                }
            }

            if (at[i] < 0 || _table.Columns[at[i]].Kind != ColumnKind.Double || !Validity(at[i]).SequenceEqual(Validity(at[0])))
            {
                return;
            }
        }

        var count = Present(_table.Columns[at[0]]);
        if (count == 0)
        {
            return;
        }

        var prices = new DoubleColumn[4];
        for (var i = 0; i < 4; i++)
        {
            prices[i] = Doubles((MarketColumn<double>)_table.Columns[at[i]], count);
        }

        if (_planner.PlanBars(prices) is { } bars)
        {
            for (var i = 0; i < 4; i++)
            {
                _plans[at[i]] = bars[i];
            }
        }
    }

    private DoubleColumn Doubles(MarketColumn<double> column, int count) =>
        new(column, count < column.Count ? Dense(column, count).ToArray() : null, _scratch);

    // A window without nulls of a column that has some counts as one without.
    private ReadOnlySpan<bool> Validity(int column) =>
        _table.Columns[column].HasNulls ? ((MarketColumn<double>)_table.Columns[column]).Validity : default;

    private static int Present(MarketColumn column)
    {
        if (!column.HasNulls)
        {
            return column.Count;
        }

        var count = 0;
        for (var i = 0; i < column.Count; i++)
        {
            count += column.IsNull(i) ? 0 : 1;
        }

        return count;
    }

    private static ReadOnlySpan<T> Dense<T>(MarketColumn<T> column, int count)
    {
        if (count == column.Count)
        {
            return column.Values;
        }

        var dense = new T[count];
        var at = 0;
        var validity = column.Validity;
        for (var i = 0; i < validity.Length; i++)
        {
            if (validity[i])
            {
                dense[at++] = column.Values[i];
            }
        }

        return dense;
    }

    private void WriteColumn(PayloadWriter writer, MarketColumn column, NumberPlan? plan, bool planes)
    {
        WriteName(writer, column.Name);
        var count = Present(column);
        writer.WriteByte((byte)((byte)column.Kind | (count < column.Count ? TableFormat.NullsFlag : 0)));
        if (count < column.Count)
        {
            writer.WriteVarint((ulong)count);
            if (count > 0)
            {
                var nulls = _scratch.Rent(column.Count);
                for (var i = 0; i < column.Count; i++)
                {
                    nulls.Span[i] = column.IsNull(i) ? 1 : 0;
                }

                NumberStream.Write(writer, nulls.Span, planes);
            }
        }

        if (count == 0)
        {
            return;
        }

        if (plan is not null)
        {
            WriteNumbers(writer, column.Kind, plan, planes);
        }
        else
        {
            StringCodec.Write(writer, Dense((MarketColumn<string>)column, count), _scratch, planes);
        }
    }

    private static void WriteNumbers(PayloadWriter writer, ColumnKind kind, NumberPlan plan, bool planes)
    {
        writer.WriteByte((byte)plan.Mapping);
        if (plan.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Month)
        {
            writer.WriteByte((byte)plan.Scale);
        }

        if (plan.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Integer)
        {
            writer.WriteVarint((ulong)plan.Divisor);
        }

        if (kind == ColumnKind.Double && plan.Mapping != Mapping.Bits)
        {
            WriteSpecials(writer, plan.Specials);
        }

        writer.WriteByte((byte)((byte)plan.Prediction | (plan.IsBiased ? TableFormat.BiasFlag : 0)));
        if (StartsFromFirst(plan.Prediction))
        {
            writer.WriteSigned(plan.First);
        }

        if (plan.IsBiased)
        {
            writer.WriteSigned(plan.Bias);
        }

        NumberStream.Write(writer, plan.Rest.Span, planes);
    }

    /// <summary>Whether the prediction needs to be told the first number.</summary>
    internal static bool StartsFromFirst(Prediction prediction) =>
        prediction is Prediction.Previous or Prediction.Linear or Prediction.Average or Prediction.BarOpen;

    private static void WriteSpecials(PayloadWriter writer, IReadOnlyList<SpecialDouble> specials)
    {
        writer.WriteVarint((ulong)specials.Count);
        var next = 0;
        foreach (var (row, value) in specials)
        {
            writer.WriteVarint((ulong)(row - next));
            writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(value));
            next = row + 1;
        }
    }

    private static void WriteName(PayloadWriter writer, string name)
    {
        var known = Array.IndexOf(TableFormat.WellKnownNames, name);
        if (known >= 0)
        {
            writer.WriteByte((byte)(TableFormat.FirstWellKnownName + known));
        }
        else if (StringCodec.IsWellFormed(name))
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(name);
            writer.WriteByte(TableFormat.NameUtf8);
            writer.WriteVarint((ulong)bytes.Length);
            writer.WriteBytes(bytes);
        }
        else
        {
            writer.WriteByte(TableFormat.NameUtf16);
            writer.WriteVarint((ulong)(2 * name.Length));
            StringCodec.WriteUtf16(name, writer.Reserve(2 * name.Length));
        }
    }
}
