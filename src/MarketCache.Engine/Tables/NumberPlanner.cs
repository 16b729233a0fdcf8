namespace MarketCache.Engine.Tables;

/// <summary>Tries the ways to store numbers and keeps the cheapest.</summary>
internal sealed class NumberPlanner
{
    private static readonly Prediction[] DoublePredictions = [Prediction.Previous, Prediction.None, Prediction.Average];
    private static readonly Prediction[] LongPredictions = [Prediction.Previous, Prediction.None, Prediction.Average, Prediction.Linear];
    private static readonly Prediction[] KeyPredictions = [Prediction.Previous, Prediction.Linear];
    private static readonly Prediction[] FlagPredictions = [Prediction.None, Prediction.Previous];
    private static readonly Mapping[] DoubleMappings = [Mapping.Decimal, Mapping.SingleDecimal, Mapping.SingleBits, Mapping.Bits];

    private readonly Scratch _scratch;

    public NumberPlanner(Scratch scratch) => _scratch = scratch;

    public NumberPlan PlanDates(ReadOnlySpan<DateOnly> dates)
    {
        var days = _scratch.Rent(dates.Length);
        if (DateMapping.TryMonths(dates, days.Span, out var day) && dates.Length > 1)
        {
            return Predict(new NumberPlan { Mapping = Mapping.Month, Scale = day, Numbers = days }, KeyPredictions);
        }

        if (DateMapping.TryWeekdays(dates, days.Span))
        {
            return Predict(new NumberPlan { Mapping = Mapping.Weekday, Numbers = days }, KeyPredictions);
        }

        for (var i = 0; i < dates.Length; i++)
        {
            days.Span[i] = dates[i].DayNumber;
        }

        return Predict(new NumberPlan { Mapping = Mapping.Day, Numbers = days }, KeyPredictions);
    }

    public NumberPlan PlanInstants(ReadOnlySpan<DateTime> instants)
    {
        var numbers = _scratch.Rent(instants.Length);
        for (var i = 0; i < instants.Length; i++)
        {
            numbers.Span[i] = instants[i].Ticks;
        }

        return Predict(Divide(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }), KeyPredictions);
    }

    public NumberPlan PlanBooleans(ReadOnlySpan<bool> flags)
    {
        var numbers = _scratch.Rent(flags.Length);
        for (var i = 0; i < flags.Length; i++)
        {
            numbers.Span[i] = flags[i] ? 1 : 0;
        }

        return Predict(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }, FlagPredictions);
    }

    public NumberPlan PlanLongs(ReadOnlySpan<long> values)
    {
        var numbers = _scratch.Rent(values.Length);
        values.CopyTo(numbers.Span);
        return Predict(Divide(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }), LongPredictions);
    }

    public NumberPlan PlanDoubles(ReadOnlySpan<double> values)
    {
        NumberPlan? best = null;
        foreach (var mapping in DoubleMappings)
        {
            if (mapping == Mapping.Bits && best is not null)
            {
                break;
            }

            var plan = TryMap(values, mapping, 0);
            if (plan is null)
            {
                continue;
            }

            Predict(Divide(plan), DoublePredictions);
            if (best is null || plan.Cost < best.Cost)
            {
                best = plan;
            }

            if (mapping == Mapping.Decimal)
            {
                break;
            }
        }

        return best!;
    }

    /// <summary>Plans four columns as bars; null where no mapping fits all of them.</summary>
    public NumberPlan[]? PlanBars(ReadOnlySpan<double> open, ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close)
    {
        NumberPlan[]? best = null;
        foreach (var mapping in DoubleMappings)
        {
            if (mapping == Mapping.Bits && best is not null)
            {
                break;
            }

            var bars = TryMapBars(open, high, low, close, mapping);
            if (bars is null)
            {
                continue;
            }

            PredictBars(bars);
            if (best is null || Cost(bars) < Cost(best))
            {
                best = bars;
            }

            if (mapping == Mapping.Decimal)
            {
                break;
            }
        }

        return best;
    }

    /// <summary>The estimated bits of several plans.</summary>
    public static double Cost(ReadOnlySpan<NumberPlan> plans)
    {
        double cost = 0;
        foreach (var plan in plans)
        {
            cost += plan.Cost;
        }

        return cost;
    }

    private NumberPlan[]? TryMapBars(
        ReadOnlySpan<double> open, ReadOnlySpan<double> high, ReadOnlySpan<double> low, ReadOnlySpan<double> close, Mapping mapping)
    {
        var scale = 0;
        var bars = new NumberPlan[4];
        for (var i = 0; i < 4; i++)
        {
            var values = i switch { 0 => open, 1 => high, 2 => low, _ => close };
            var plan = TryMap(values, mapping, scale);
            if (plan is null)
            {
                return null;
            }

            bars[i] = plan;
            scale = plan.Scale;
        }

        for (var i = 0; i < 3; i++)
        {
            if (bars[i].Scale != scale)
            {
                var values = i switch { 0 => open, 1 => high, _ => low };
                var plan = TryMap(values, mapping, scale);
                if (plan is null || plan.Scale != scale)
                {
                    return null;
                }

                bars[i] = plan;
            }
        }

        Divide(bars);
        return bars;
    }

    private NumberPlan? TryMap(ReadOnlySpan<double> values, Mapping mapping, int scale)
    {
        var numbers = _scratch.Rent(values.Length);
        var target = numbers.Span;
        List<(int, double)>? specials = null;
        if (mapping == Mapping.Bits)
        {
            for (var i = 0; i < values.Length; i++)
            {
                target[i] = DoubleMapping.FromBits(values[i]);
            }

            return new NumberPlan { Mapping = mapping, Numbers = numbers };
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (DoubleMapping.IsSpecial(values[i]))
            {
                (specials ??= []).Add((i, values[i]));
            }
        }

        if (specials is not null)
        {
            if (specials.Count > values.Length / 2)
            {
                return null;
            }

            values = WithoutSpecials(values);
        }

        var fits = mapping switch
        {
            Mapping.Decimal => DoubleMapping.TryDecimal(values, target, ref scale),
            Mapping.SingleDecimal => DoubleMapping.TrySingleDecimal(values, target, ref scale),
            _ => DoubleMapping.TrySingleBits(values, target),
        };
        return fits ? new NumberPlan { Mapping = mapping, Scale = scale, Numbers = numbers, Specials = specials ?? [] } : null;
    }

    // A special value leaves no trace in the numbers: it repeats its neighbour.
    private static ReadOnlySpan<double> WithoutSpecials(ReadOnlySpan<double> values)
    {
        var plain = values.ToArray();
        double last = 0;
        foreach (var value in values)
        {
            if (!DoubleMapping.IsSpecial(value))
            {
                last = value;
                break;
            }
        }

        for (var i = 0; i < plain.Length; i++)
        {
            if (DoubleMapping.IsSpecial(plain[i]))
            {
                plain[i] = last;
            }

            last = plain[i];
        }

        return plain;
    }

    private static NumberPlan Divide(params NumberPlan[] plans)
    {
        if (plans[0].Mapping is not (Mapping.Decimal or Mapping.SingleDecimal or Mapping.Integer))
        {
            return plans[0];
        }

        ulong divisor = 0;
        foreach (var plan in plans)
        {
            foreach (var number in plan.Numbers.Span)
            {
                divisor = GreatestCommonDivisor(divisor, Magnitude(number));
                if (divisor == 1)
                {
                    return plans[0];
                }
            }
        }

        if (divisor is 0 or > long.MaxValue)
        {
            return plans[0];
        }

        foreach (var plan in plans)
        {
            plan.Divisor = (long)divisor;
            var numbers = plan.Numbers.Span;
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] /= (long)divisor;
            }
        }

        return plans[0];
    }

    private static ulong Magnitude(long number) => number < 0 ? 0 - (ulong)number : (ulong)number;

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        // Numbers that share their divisor already, the common case, cost one division.
        while (a != 0)
        {
            (a, b) = (b % a, a);
        }

        return b;
    }

    private NumberPlan Predict(NumberPlan plan, Prediction[] predictions)
    {
        var rest = _scratch.Rent(plan.Numbers.Length);
        var form = _scratch.Rent(plan.Numbers.Length);
        foreach (var prediction in predictions)
        {
            Predictor.Apply(prediction, plan.Numbers.Span, rest.Span);
            Form(plan, prediction, rest.Span, ref form);
        }

        plan.First = plan.Prediction == Prediction.None ? 0 : plan.Numbers.Span[0];
        return plan;
    }

    private void PredictBars(NumberPlan[] bars)
    {
        var count = bars[0].Numbers.Length;
        var form = _scratch.Rent(count);
        Memory<long> open = _scratch.Rent(count), high = _scratch.Rent(count), low = _scratch.Rent(count), close = _scratch.Rent(count);
        Predictor.ApplyBars(
            bars[0].Numbers.Span, bars[1].Numbers.Span, bars[2].Numbers.Span, bars[3].Numbers.Span, open.Span, high.Span, low.Span, close.Span);
        bars[0].First = bars[0].Numbers.Span[0];
        Form(bars[0], Prediction.BarOpen, open.Span, ref form);
        Form(bars[1], Prediction.BarHigh, high.Span, ref form);
        Form(bars[2], Prediction.BarLow, low.Span, ref form);
        Form(bars[3], Prediction.BarClose, close.Span, ref form);
    }

    // Keeps what is left in its cheaper form where that beats the plan so far; "form" is a spare buffer, swapped in.
    private void Form(NumberPlan plan, Prediction prediction, ReadOnlySpan<long> rest, ref Memory<long> form)
    {
        var bias = rest[0];
        foreach (var number in rest)
        {
            bias = Math.Min(bias, number);
        }

        for (var biased = 0; biased < 2; biased++)
        {
            var target = Scratch.Unsigned(form.Span);
            if (biased == 0)
            {
                for (var i = 0; i < rest.Length; i++)
                {
                    target[i] = ZigZag.Encode(rest[i]);
                }
            }
            else
            {
                for (var i = 0; i < rest.Length; i++)
                {
                    target[i] = (ulong)(rest[i] - bias);
                }
            }

            var cost = NumberStream.Estimate(target);
            if (cost < plan.Cost)
            {
                plan.Cost = cost;
                plan.Prediction = prediction;
                plan.IsBiased = biased == 1;
                plan.Bias = biased == 1 ? bias : 0;
                (plan.Rest, form) = (form, plan.Rest.IsEmpty ? _scratch.Rent(rest.Length) : plan.Rest);
            }
        }
    }
}
