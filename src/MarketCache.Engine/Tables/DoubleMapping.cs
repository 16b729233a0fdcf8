namespace MarketCache.Engine.Tables;

/// <summary>Doubles as whole numbers, exactly or, where the mapping does not give a value, listed as specials.</summary>
internal static class DoubleMapping
{
    /// <summary>Powers of ten up to this one are exact doubles.</summary>
    public const int MaxScale = 22;

    /// <summary>Bits that a special takes: its own and its place.</summary>
    private const int SpecialBits = 72;

    private const double BitsPerDigit = 3.33;

    // Cents: where most prices are. Coarser numbers share a divisor anyway.
    private const int FirstScale = 2;
    private const int NoScale = MaxScale + 1;
    private const long MaxExactInteger = 1L << 53;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Counts for each scale the values that it is the coarsest of, from 2 on; last those that have none.</summary>
    public static void CountScales(ReadOnlySpan<double> values, bool isSingle, Span<int> counts)
    {
        foreach (var value in values)
        {
            counts[isSingle ? SingleScale(value) : Scale(value)]++;
        }
    }

    /// <summary>
    /// The scale at which values so counted are expected to take least: a finer one makes every number longer, a coarser one leaves values
    /// without number. None where more than half of the values have none.
    /// </summary>
    public static int? BestScale(ReadOnlySpan<int> counts)
    {
        var total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (counts[NoScale] > total / 2)
        {
            return null;
        }

        var best = 0;
        var least = double.MaxValue;
        var fitting = 0;
        for (var scale = 0; scale <= MaxScale; scale++)
        {
            fitting += counts[scale];
            var bits = ((double)total * scale * BitsPerDigit) + ((double)(total - fitting) * SpecialBits);
            if (bits < least && fitting > 0)
            {
                least = bits;
                best = scale;
            }
        }

        return best;
    }

    /// <summary>How many places <see cref="CountScales"/> needs.</summary>
    public static int ScaleCounts => NoScale + 1;

    /// <summary>The values' numbers by the mapping, undivided. Where a special stands, its number is one that disturbs predictions little.</summary>
    public static void ToNumbers(Mapping mapping, int scale, ReadOnlySpan<double> values, Span<long> numbers, List<SpecialDouble> specials)
    {
        specials.Clear();
        long last = 0;
        var power = PowersOfTen[scale];
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            double again;
            if (mapping == Mapping.Bits)
            {
                numbers[i] = Ordered(BitConverter.DoubleToInt64Bits(value));
                continue;
            }

            if (mapping == Mapping.SingleBits)
            {
                again = (float)value;
                numbers[i] = Ordered(BitConverter.SingleToInt32Bits((float)value));
            }
            else
            {
                var scaled = Math.Round(value * power);
                numbers[i] = Math.Abs(scaled) <= MaxExactInteger ? (long)scaled : last;
                again = numbers[i] / power;
                again = mapping == Mapping.SingleDecimal ? (float)again : again;
            }

            if (BitConverter.DoubleToInt64Bits(again) != BitConverter.DoubleToInt64Bits(value))
            {
                specials.Add(new SpecialDouble(i, value));
                numbers[i] = double.IsFinite(value) && mapping != Mapping.SingleBits ? numbers[i] : last;
            }

            last = numbers[i];
        }

        FillStart(numbers, specials);
    }

    /// <summary>Puts number × divisor ÷ 10^scale in place of every number, for <see cref="Mapping.SingleDecimal"/> rounded to single precision.</summary>
    public static void ToDecimals(Span<long> numbers, long divisor, int scale, bool isSingle)
    {
        var power = PowersOfTen[scale];
        var factor = (double)divisor;
        var doubles = Reinterpret.AsDoubles(numbers);

        // Numbers of this mapping are below 2^53, so that the multiplication is exact in doubles.
        if (isSingle)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                doubles[i] = (float)(numbers[i] * factor / power);
            }
        }
        else
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                doubles[i] = numbers[i] * factor / power;
            }
        }
    }

    /// <summary>Puts the doubles with these bits in place of the numbers.</summary>
    public static void ToBits(Span<long> numbers)
    {
        foreach (ref var number in numbers)
        {
            number = Ordered(number);
        }
    }

    /// <summary>Puts the doubles with these single-precision bits in place of the numbers.</summary>
    public static void ToSingleBits(Span<long> numbers)
    {
        var doubles = Reinterpret.AsDoubles(numbers);
        for (var i = 0; i < numbers.Length; i++)
        {
            doubles[i] = BitConverter.Int32BitsToSingle(Ordered((int)numbers[i]));
        }
    }

    // A value that fits a scale fits every finer one until the number exceeds 2^53, so probing is coarse and trailing zeros
    // tell the rest.
    private static int Scale(double value)
    {
        if (Fits(value, FirstScale, out var number))
        {
            return FirstScale;
        }

        for (var scale = 4; scale <= MaxScale; scale += 6)
        {
            if (Fits(value, scale, out number))
            {
                return WithoutTrailingZeros(number, scale);
            }

            if (!(Math.Abs(value) * PowersOfTen[scale] <= MaxExactInteger))
            {
                break;
            }
        }

        for (var scale = 0; scale <= MaxScale && Math.Abs(value) * PowersOfTen[scale] <= MaxExactInteger; scale++)
        {
            if (Fits(value, scale, out _))
            {
                return scale;
            }
        }

        return NoScale;
    }

    private static int SingleScale(double value)
    {
        const int last = 12;
        for (var scale = FirstScale; (float)value == value && scale <= last; scale++)
        {
            var scaled = Math.Round(value * PowersOfTen[scale]);
            if (Math.Abs(scaled) > MaxExactInteger)
            {
                break;
            }

            if ((float)(scaled / PowersOfTen[scale]) == value)
            {
                return scale;
            }
        }

        return NoScale;
    }

    private static bool Fits(double value, int scale, out long number)
    {
        var power = PowersOfTen[scale];
        var scaled = Math.Round(value * power);
        number = Math.Abs(scaled) <= MaxExactInteger ? (long)scaled : 0;
        return number / power == value;
    }

    private static int WithoutTrailingZeros(long number, int scale)
    {
        while (scale > 0 && number % 10 == 0)
        {
            number /= 10;
            scale--;
        }

        return scale;
    }

    // Values at the column's start that are not finite get the first number there is.
    private static void FillStart(Span<long> numbers, List<SpecialDouble> specials)
    {
        var leading = 0;
        while (leading < specials.Count && specials[leading].Row == leading && !double.IsFinite(specials[leading].Value))
        {
            leading++;
        }

        if (leading > 0 && leading < numbers.Length)
        {
            numbers[..leading].Fill(numbers[leading]);
        }
    }

    private static long Ordered(long bits) => bits ^ ((bits >> 63) & long.MaxValue);

    private static int Ordered(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
