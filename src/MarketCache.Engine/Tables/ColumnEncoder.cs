namespace MarketCache.Engine.Tables;

/// <summary>Tries the ways to store a column and writes it in the smallest.</summary>
internal sealed class ColumnEncoder : IDisposable
{
    // Up to this scale, decimals that fit all values are certainly shorter than the values' bits.
    private const int PlainScale = 9;

    // A special's own bytes, and one for its place.
    private const int SpecialBytes = 9;

    // Places of working memory: the numbers of up to four columns, then what their predictions leave.
    private const int RestPlace = 4;
    private const int FormPlace = 8;
    private const int NullsPlace = 9;

    private static readonly string[] BarNames = ["Open", "High", "Low", "Close"];
    private static readonly Prediction[] ValuePredictions = [Prediction.Previous, Prediction.None, Prediction.Average];
    private static readonly Prediction[] KeyPredictions = [Prediction.Previous];
    private static readonly Prediction[] FlagPredictions = [Prediction.None];
    private static readonly Mapping[] DoubleMappings = [Mapping.Decimal, Mapping.SingleDecimal, Mapping.SingleBits, Mapping.Bits];

    private readonly PayloadWriter _writer;
    private readonly Scratch _scratch = new();
    private readonly List<SpecialDouble>[] _specials = [[], [], [], []];

    public ColumnEncoder(PayloadWriter writer) => _writer = writer;

    public void Dispose() => _scratch.Dispose();

    /// <summary>Writes a column by itself.</summary>
    public void Write(MarketColumn column)
    {
        var count = Present(column);
        if (count == 0)
        {
            WriteHead(column, count, default);
            return;
        }

        switch (column)
        {
            case MarketColumn<double> doubles:
                WriteDoubles([doubles], count);
                break;
            case MarketColumn<string> texts:
                WriteHead(column, count, default);
                StringCodec.Write(_writer, Dense(texts, count), _scratch);
                break;
            case MarketColumn<DateOnly> dates:
                WriteIntegers(column, count, DateMapping.ToNumbers(Dense(dates, count), _scratch.Get(0, count)), KeyPredictions);
                break;
            case MarketColumn<DateTime> instants:
                Copy(Dense(instants, count), static t => t.Ticks);
                WriteIntegers(column, count, Mapping.Integer, KeyPredictions);
                break;
            case MarketColumn<bool> flags:
                Copy(Dense(flags, count), static f => f ? 1 : 0);
                WriteIntegers(column, count, Mapping.Integer, FlagPredictions);
                break;
            default:
                Dense((MarketColumn<long>)column, count).CopyTo(_scratch.Get(0, count));
                WriteIntegers(column, count, Mapping.Integer, ValuePredictions);
                break;
        }
    }

    /// <summary>Writes the open, high, low and close of bars relative to each other: the prices of a bar are near each other.</summary>
    /// <returns>False, with nothing written, where the four columns are no bars, or take less each alone.</returns>
    public bool TryWriteBars(List<MarketColumn> columns, int first)
    {
        if (columns.Count - first < 4 || !IsBars(columns, first))
        {
            return false;
        }

        var count = Present(columns[first]);
        return count > 0 && WriteDoubles([.. columns.Skip(first).Take(4).Cast<MarketColumn<double>>()], count);
    }

    // One column, or the four of bars.
    private bool WriteDoubles(MarketColumn<double>[] columns, int count)
    {
        var plans = new Plan[columns.Length];
        var best = new Plan[columns.Length];
        var last = Mapping.Bits;
        foreach (var mapping in DoubleMappings)
        {
            if (!TryMap(columns, count, mapping, plans))
            {
                continue;
            }

            last = mapping;
            Predict(plans, count, ValuePredictions);
            if (best[0].Bytes == 0 || Bytes(plans) < Bytes(best))
            {
                plans.CopyTo(best, 0);
            }

            if (Array.TrueForAll(plans, p => IsPlain(p, count)))
            {
                break;
            }
        }

        if (best[0].Mapping != last)
        {
            TryMap(columns, count, best[0].Mapping, plans);
            Predict(plans, count, ValuePredictions);
        }

        if (columns.Length > 1 && StepBytes(count) < Bytes(best))
        {
            return false;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            WriteHead(columns[i], count, best[i]);
            WriteNumbers(best[i], _specials[i], _scratch.Get(RestPlace + i, count));
        }

        return true;
    }

    private void WriteIntegers(MarketColumn column, int count, Mapping mapping, Prediction[] predictions)
    {
        Plan[] plans = [new Plan { Mapping = mapping, Divisor = mapping == Mapping.Integer ? Divide(count, columns: 1) : 1 }];
        Predict(plans, count, predictions);
        WriteHead(column, count, plans[0]);
        WriteNumbers(plans[0], [], _scratch.Get(RestPlace, count));
    }

    private void WriteHead(MarketColumn column, int count, Plan plan)
    {
        var hasNulls = count < column.Count;
        _writer.WriteByte((byte)((byte)column.Kind | (hasNulls ? TableFormat.NullsFlag : 0)
            | ((byte)plan.Mapping << TableFormat.MappingShift) | (plan.Specials > 0 ? TableFormat.SpecialsFlag : 0)));
        if (!hasNulls)
        {
            return;
        }

        _writer.WriteVarint((ulong)count);
        var nulls = _scratch.Get(NullsPlace, column.Count);
        for (var i = 0; i < nulls.Length; i++)
        {
            nulls[i] = column.IsNull(i) ? 1 : 0;
        }

        PackedNumbers.Write(_writer, nulls);
    }

    private void WriteNumbers(in Plan plan, List<SpecialDouble> specials, Span<long> rest)
    {
        _writer.WriteByte((byte)((byte)plan.Prediction | (plan.IsBiased ? TableFormat.BiasFlag : 0)));
        if (plan.Mapping is Mapping.Decimal or Mapping.SingleDecimal)
        {
            _writer.WriteByte((byte)plan.Scale);
        }

        if (plan.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Integer)
        {
            _writer.WriteVarint((ulong)plan.Divisor);
        }

        if (plan.Specials > 0)
        {
            _writer.WriteVarint((ulong)specials.Count);
            var last = -1;
            foreach (var (row, value) in specials)
            {
                _writer.WriteVarint((ulong)(row - last - 1));
                _writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(value));
                last = row;
            }
        }

        if (plan.Prediction is Prediction.Previous or Prediction.Average or Prediction.BarOpen)
        {
            _writer.WriteSigned(plan.First);
        }

        if (plan.IsBiased)
        {
            _writer.WriteSigned(plan.Bias);
        }

        ToForm(plan, rest, rest);
        PackedNumbers.Write(_writer, rest);
    }

    // Puts the columns' numbers by the mapping into their places; false if it does not suit them.
    private bool TryMap(MarketColumn<double>[] columns, int count, Mapping mapping, Plan[] plans)
    {
        var scale = 0;
        if (mapping is Mapping.Decimal or Mapping.SingleDecimal)
        {
            Span<int> counts = stackalloc int[DoubleMapping.ScaleCounts];
            counts.Clear();
            foreach (var column in columns)
            {
                DoubleMapping.CountScales(Dense(column, count), mapping == Mapping.SingleDecimal, counts);
            }

            if (DoubleMapping.BestScale(counts) is not { } best)
            {
                return false;
            }

            scale = best;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            DoubleMapping.ToNumbers(mapping, scale, Dense(columns[i], count), _scratch.Get(i, count), _specials[i]);
            plans[i] = new Plan { Mapping = mapping, Scale = scale, Divisor = 1, Specials = _specials[i].Count };
            if (_specials[i].Count > count / 2)
            {
                return false;
            }
        }

        if (mapping is Mapping.Decimal or Mapping.SingleDecimal)
        {
            var divisor = Divide(count, columns.Length);
            for (var i = 0; i < columns.Length; i++)
            {
                plans[i].Divisor = divisor;
            }
        }

        return true;
    }

    // No other mapping of doubles is worth a trial.
    private static bool IsPlain(Plan plan, int count) =>
        plan.Mapping == Mapping.Decimal && plan.Scale <= PlainScale && plan.Specials <= count / 32;

    private static long Bytes(ReadOnlySpan<Plan> plans)
    {
        long bytes = 0;
        foreach (ref readonly var plan in plans)
        {
            bytes += plan.Bytes;
        }

        return bytes;
    }

    // Divides the numbers of the first columns by what they all share.
    private long Divide(int count, int columns)
    {
        ulong divisor = 0;
        for (var c = 0; c < columns; c++)
        {
            foreach (var number in _scratch.Get(c, count))
            {
                divisor = GreatestCommonDivisor(divisor, number < 0 ? 0 - (ulong)number : (ulong)number);
                if (divisor == 1)
                {
                    return 1;
                }
            }
        }

        if (divisor is 0 or > long.MaxValue)
        {
            return 1;
        }

        for (var c = 0; c < columns; c++)
        {
            foreach (ref var number in _scratch.Get(c, count))
            {
                number /= (long)divisor;
            }
        }

        return (long)divisor;
    }

    // Numbers that share their divisor already, the common case, cost one division, in half the width where that suffices.
    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (a != 0)
        {
            (a, b) = ((a | b) <= uint.MaxValue ? (uint)b % (uint)a : b % a, a);
        }

        return b;
    }

    // Leaves the residuals of the best predictions in their places.
    private void Predict(Plan[] plans, int count, Prediction[] predictions)
    {
        var numbers = _scratch.Get(0, count);
        var rest = _scratch.Get(RestPlace, count);
        if (plans.Length > 1)
        {
            Predictor.ApplyBars(
                numbers, _scratch.Get(1, count), _scratch.Get(2, count), _scratch.Get(3, count),
                rest, _scratch.Get(RestPlace + 1, count), _scratch.Get(RestPlace + 2, count), _scratch.Get(RestPlace + 3, count));
            for (var i = 0; i < plans.Length; i++)
            {
                plans[i].Prediction = Prediction.BarOpen + (byte)i;
                ChooseForm(ref plans[i], numbers[0], _scratch.Get(RestPlace + i, count));
            }

            return;
        }

        var best = default(Plan);
        foreach (var prediction in predictions)
        {
            Predictor.Apply(prediction, numbers, rest);
            plans[0].Prediction = prediction;
            ChooseForm(ref plans[0], numbers[0], rest);
            best = best.Bytes == 0 || plans[0].Bytes < best.Bytes ? plans[0] : best;
        }

        plans[0] = best;
        Predictor.Apply(best.Prediction, numbers, rest);
        Start(best, rest);
    }

    // What the columns would take each relative to its own row before.
    private long StepBytes(int count)
    {
        long bytes = 0;
        for (var i = 0; i < 4; i++)
        {
            var plan = new Plan { Prediction = Prediction.Previous, Specials = _specials[i].Count };
            var rest = _scratch.Get(NullsPlace, count);
            Predictor.Apply(Prediction.Previous, _scratch.Get(i, count), rest);
            ChooseForm(ref plan, _scratch.Get(i, count)[0], rest);
            bytes += plan.Bytes;
        }

        return bytes;
    }

    // Zigzag where residuals lie on both sides of zero; less their least where they lie around another number or on one side.
    private void ChooseForm(ref Plan plan, long first, Span<long> rest)
    {
        plan.First = first;
        plan.IsBiased = false;
        var form = _scratch.Get(FormPlace, rest.Length);
        ToForm(plan, rest, form);
        var bytes = PackedNumbers.Measure(form);
        var least = long.MaxValue;
        foreach (var number in plan.Prediction == Prediction.Previous && rest.Length > 1 ? rest[1..] : rest)
        {
            least = Math.Min(least, number);
        }

        var biased = plan with { IsBiased = true, Bias = least, First = plan.Prediction == Prediction.Previous ? first - least : first };
        var start = rest[0];
        Start(biased, rest);
        ToForm(biased, rest, form);
        rest[0] = start;
        var biasedBytes = PackedNumbers.Measure(form) + 1;
        if (biasedBytes < bytes)
        {
            (plan, bytes) = (biased, biasedBytes);
        }

        plan.Bytes = bytes + ((long)SpecialBytes * plan.Specials) + 1;
    }

    // The first number's residual is free to choose: with a bias, what makes it zero there.
    private static void Start(in Plan plan, Span<long> rest)
    {
        if (plan.Prediction == Prediction.Previous)
        {
            rest[0] = plan.IsBiased ? plan.Bias : 0;
        }
    }

    private static void ToForm(in Plan plan, ReadOnlySpan<long> rest, Span<long> form)
    {
        for (var i = 0; i < rest.Length; i++)
        {
            form[i] = plan.IsBiased ? rest[i] - plan.Bias : (long)ZigZag.Encode(rest[i]);
        }
    }

    private void Copy<T>(ReadOnlySpan<T> values, Func<T, long> map)
    {
        var numbers = _scratch.Get(0, values.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = map(values[i]);
        }
    }

    private static bool IsBars(List<MarketColumn> columns, int first)
    {
        for (var i = 0; i < 4; i++)
        {
            if (columns[first + i] is not MarketColumn<double> price || !string.Equals(price.Name, BarNames[i], StringComparison.OrdinalIgnoreCase)
                || price.Count != columns[first].Count || !HasSameNulls(price, (MarketColumn<double>)columns[first]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasSameNulls(MarketColumn<double> a, MarketColumn<double> b) =>
        a.HasNulls ? b.HasNulls && a.Validity.SequenceEqual(b.Validity) : !b.HasNulls;

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
        for (var i = 0; i < column.Count; i++)
        {
            if (column.Validity[i])
            {
                dense[at++] = column.Values[i];
            }
        }

        return dense;
    }

    /// <summary>One way to store a column's numbers.</summary>
    private struct Plan
    {
        public Mapping Mapping;
        public int Scale;
        public long Divisor;
        public int Specials;
        public Prediction Prediction;
        public long First;
        public bool IsBiased;
        public long Bias;

        /// <summary>The bytes that it takes; never zero once known.</summary>
        public long Bytes;
    }
}
