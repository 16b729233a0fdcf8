namespace MarketCache.Engine.Tables;

/// <summary>Tries the ways to store numbers and keeps the cheapest.</summary>
internal sealed class NumberPlanner
{
    // Up to this scale, decimals that fit all values are certainly shorter than the values' bits.
    private const int PlainScale = 9;

    private static readonly Prediction[] ValuePredictions = [Prediction.Previous, Prediction.None, Prediction.Average];
    private static readonly Prediction[] KeyPredictions = [Prediction.Linear, Prediction.Previous];
    private static readonly Prediction[] FlagPredictions = [Prediction.None, Prediction.Previous];
    private static readonly Mapping[] DoubleMappings = [Mapping.Decimal, Mapping.SingleDecimal, Mapping.SingleBits, Mapping.Bits];

    private readonly Scratch _scratch;

    public NumberPlanner(Scratch scratch) => _scratch = scratch;

    public NumberPlan PlanDates(ReadOnlySpan<DateOnly> dates)
    {
        var days = _scratch.Rent(dates.Length);
        if (dates.Length > 1 && DateMapping.TryMonths(dates, days.Span, out var day))
        {
            return Predict(new NumberPlan { Mapping = Mapping.Month, Scale = day, Numbers = days }, KeyPredictions);
        }

        if (DateMapping.TryWeekdays(dates, days.Span))
        {
            return Predict(new NumberPlan { Mapping = Mapping.Weekday, Numbers = days }, KeyPredictions);
        }

        var numbers = days.Span;
        for (var i = 0; i < dates.Length; i++)
        {
            numbers[i] = dates[i].DayNumber;
        }

        return Predict(new NumberPlan { Mapping = Mapping.Day, Numbers = days }, KeyPredictions);
    }

    public NumberPlan PlanInstants(ReadOnlySpan<DateTime> instants)
    {
        var numbers = _scratch.Rent(instants.Length);
        var span = numbers.Span;
        for (var i = 0; i < instants.Length; i++)
        {
            span[i] = instants[i].Ticks;
        }

        return Predict(Divide(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }), KeyPredictions);
    }

    public NumberPlan PlanBooleans(ReadOnlySpan<bool> flags)
    {
        var numbers = _scratch.Rent(flags.Length);
        var span = numbers.Span;
        for (var i = 0; i < flags.Length; i++)
        {
            span[i] = flags[i] ? 1 : 0;
        }

        return Predict(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }, FlagPredictions);
    }

    public NumberPlan PlanLongs(ReadOnlySpan<long> values)
    {
        var numbers = _scratch.Rent(values.Length);
        values.CopyTo(numbers.Span);
        return Predict(Divide(new NumberPlan { Mapping = Mapping.Integer, Numbers = numbers }), ValuePredictions);
    }

    /// <summary>Plans a column of doubles by itself.</summary>
    public NumberPlan PlanDoubles(DoubleColumn column)
    {
        NumberPlan? best = null;
        foreach (var mapping in DoubleMappings)
        {
            var plan = Map(column, mapping, mapping is Mapping.Decimal or Mapping.SingleDecimal ? column.BestScale(mapping) : 0);
            if (plan is null)
            {
                continue;
            }

            Predict(Divide(plan), ValuePredictions);
            if (best is null || plan.Cost < best.Cost)
            {
                best = plan;
            }

            if (IsPlain(plan))
            {
                break;
            }
        }

        return best!;
    }

    /// <summary>Plans the open, high, low and close of bars together; null where no mapping fits all of them, or each alone would be cheaper.</summary>
    public NumberPlan[]? PlanBars(DoubleColumn[] prices)
    {
        NumberPlan[]? best = null;
        foreach (var mapping in DoubleMappings)
        {
            var bars = MapBars(prices, mapping);
            if (bars is null)
            {
                continue;
            }

            PredictBars(bars);
            if (best is null || Cost(bars) < Cost(best))
            {
                best = bars;
            }

            if (Array.TrueForAll(bars, IsPlain))
            {
                break;
            }
        }

        return best is not null && Cost(best) <= StepCost(best) ? best : null;
    }

    // No other mapping of doubles is worth a trial.
    private static bool IsPlain(NumberPlan plan) =>
        plan.Mapping == Mapping.Decimal && plan.Scale <= PlainScale && plan.Specials.Count <= plan.Numbers.Count / 32;

    private static double Cost(NumberPlan[] plans)
    {
        double cost = 0;
        foreach (var plan in plans)
        {
            cost += plan.Cost;
        }

        return cost;
    }

    // What the columns would take each relative to its own row before.
    private double StepCost(NumberPlan[] plans)
    {
        double cost = 0;
        var rest = _scratch.Rent(plans[0].Numbers.Count).Span;
        foreach (var plan in plans)
        {
            Predictor.Apply(Prediction.Previous, plan.Numbers.Span, rest);
            var residuals = new Residuals(rest);
            cost += Math.Min(residuals.ZigZagBits, residuals.BiasedBits) + ((double)ScaledDoubles.SpecialBits * plan.Specials.Count);
        }

        return cost;
    }

    private NumberPlan[]? MapBars(DoubleColumn[] prices, Mapping mapping)
    {
        var scale = 0;
        if (mapping is Mapping.Decimal or Mapping.SingleDecimal)
        {
            var scaled = new ScaledDoubles[prices.Length];
            for (var i = 0; i < prices.Length; i++)
            {
                if (prices[i].Scaled(mapping) is not { } column)
                {
                    return null;
                }

                scaled[i] = column;
            }

            scale = ScaledDoubles.BestScale(scaled);
        }

        var bars = new NumberPlan[prices.Length];
        for (var i = 0; i < prices.Length; i++)
        {
            if (Map(prices[i], mapping, scale) is not { } plan)
            {
                return null;
            }

            bars[i] = plan;
        }

        Divide(bars);
        return bars;
    }

    private NumberPlan? Map(DoubleColumn column, Mapping mapping, int scale)
    {
        if (mapping is Mapping.Decimal or Mapping.SingleDecimal && column.Scaled(mapping) is null)
        {
            return null;
        }

        var values = column.Values;
        var numbers = _scratch.Rent(values.Length);
        var span = numbers.Span;
        var specials = new List<SpecialDouble>();
        switch (mapping)
        {
            case Mapping.Bits:
                for (var i = 0; i < values.Length; i++)
                {
                    span[i] = DoubleMapping.FromBits(values[i]);
                }

                break;
            case Mapping.SingleBits:
                long last = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    if (DoubleMapping.IsSingle(values[i]))
                    {
                        last = DoubleMapping.FromSingleBits(values[i]);
                    }
                    else
                    {
                        specials.Add(new SpecialDouble(i, values[i]));
                        if (specials.Count > values.Length / 2)
                        {
                            return null;
                        }
                    }

                    span[i] = last;
                }

                ScaledDoubles.FillStart(span, specials);
                break;
            default:
                column.Scaled(mapping)!.CopyTo(span, scale, values, specials);
                break;
        }

        return new NumberPlan { Mapping = mapping, Scale = scale, Numbers = numbers, Specials = specials };
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
            foreach (ref var number in plan.Numbers.Span)
            {
                number /= (long)divisor;
            }
        }

        return plans[0];
    }

    private static ulong Magnitude(long number) => number < 0 ? 0 - (ulong)number : (ulong)number;

    // Numbers that share their divisor already, the common case, cost one division.
    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (a != 0)
        {
            (a, b) = (b % a, a);
        }

        return b;
    }

    private NumberPlan Predict(NumberPlan plan, Prediction[] predictions)
    {
        var rest = _scratch.Rent(plan.Numbers.Count).Span;
        plan.Cost = double.MaxValue;
        foreach (var prediction in predictions)
        {
            Predictor.Apply(prediction, plan.Numbers.Span, rest);
            Consider(plan, prediction, rest);
        }

        if (plan.Prediction != predictions[^1])
        {
            Predictor.Apply(plan.Prediction, plan.Numbers.Span, rest);
        }

        plan.First = plan.Prediction == Prediction.None ? 0 : plan.Numbers.Span[0];
        Finish(plan, rest);
        return plan;
    }

    private void PredictBars(NumberPlan[] bars)
    {
        var count = bars[0].Numbers.Count;
        Numbers open = _scratch.Rent(count), high = _scratch.Rent(count), low = _scratch.Rent(count), close = _scratch.Rent(count);
        Predictor.ApplyBars(
            bars[0].Numbers.Span, bars[1].Numbers.Span, bars[2].Numbers.Span, bars[3].Numbers.Span, open.Span, high.Span, low.Span, close.Span);
        bars[0].First = bars[0].Numbers.Span[0];
        FinishBar(bars[0], Prediction.BarOpen, open.Span);
        FinishBar(bars[1], Prediction.BarHigh, high.Span);
        FinishBar(bars[2], Prediction.BarLow, low.Span);
        FinishBar(bars[3], Prediction.BarClose, close.Span);
    }

    private void FinishBar(NumberPlan plan, Prediction prediction, ReadOnlySpan<long> rest)
    {
        Consider(plan, prediction, rest);
        Finish(plan, rest);
    }

    private static void Consider(NumberPlan plan, Prediction prediction, ReadOnlySpan<long> rest)
    {
        var residuals = new Residuals(rest);
        var zigZag = residuals.ZigZagBits;
        var biased = residuals.BiasedBits;
        if (Math.Min(zigZag, biased) < plan.Cost)
        {
            plan.Cost = Math.Min(zigZag, biased);
            plan.Prediction = prediction;
            plan.IsBiased = biased < zigZag;
            plan.Bias = plan.IsBiased ? residuals.Least : 0;
        }
    }

    private void Finish(NumberPlan plan, ReadOnlySpan<long> rest)
    {
        plan.Cost += (double)ScaledDoubles.SpecialBits * plan.Specials.Count;
        plan.Rest = _scratch.Rent(rest.Length);
        var target = plan.Rest.Span;
        if (plan.IsBiased)
        {
            for (var i = 0; i < rest.Length; i++)
            {
                target[i] = rest[i] - plan.Bias;
            }
        }
        else
        {
            for (var i = 0; i < rest.Length; i++)
            {
                target[i] = (long)ZigZag.Encode(rest[i]);
            }
        }
    }
}
