namespace MarketCache.Engine.Tables;

/// <summary>A column's doubles, each as a number at its own decimal scale, from which any common scale can be had.</summary>
internal sealed class ScaledDoubles
{
    /// <summary>Bits that a value takes which has no number: its own and its place.</summary>
    public const int SpecialBits = 72;

    private const double BitsPerDigit = 3.33;

    private readonly int[] _counts = new int[DoubleMapping.MaxScale + 1];
    private readonly Numbers _numbers;
    private readonly byte[] _scales;

    private ScaledDoubles(Numbers numbers, byte[] scales)
    {
        _numbers = numbers;
        _scales = scales;
    }

    /// <summary>Finds every value's scale; null where more than half of the values have none.</summary>
    public static ScaledDoubles? TryCreate(ReadOnlySpan<double> values, bool single, Scratch scratch)
    {
        var numbers = scratch.Rent(values.Length);
        var scaled = new ScaledDoubles(numbers, new byte[values.Length]);
        var span = numbers.Span;
        var without = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var scale = single ? DoubleMapping.SingleScale(values[i], out span[i]) : DoubleMapping.Scale(values[i], out span[i]);
            scaled._scales[i] = scale;
            if (scale != DoubleMapping.NoScale)
            {
                scaled._counts[scale]++;
            }
            else if (++without > values.Length / 2)
            {
                return null;
            }
        }

        return scaled;
    }

    /// <summary>The scale that all the columns share at the least expected size: a finer one makes every number longer, a coarser one leaves values without number.</summary>
    public static int BestScale(params ScaledDoubles[] columns)
    {
        double total = 0;
        foreach (var column in columns)
        {
            total += column._scales.Length;
        }

        var best = 0;
        var least = double.MaxValue;
        double fitting = 0;
        for (var scale = 0; scale <= DoubleMapping.MaxScale; scale++)
        {
            foreach (var column in columns)
            {
                fitting += column._counts[scale];
            }

            var bits = (total * scale * BitsPerDigit) + ((total - fitting) * SpecialBits);
            if (bits < least && fitting > 0)
            {
                least = bits;
                best = scale;
            }
        }

        return best;
    }

    /// <summary>
    /// The numbers at the scale. A value without one is listed in <paramref name="specials"/>; to disturb the prediction least, its place has
    /// the nearest number or, where there is none either, that of the row before.
    /// </summary>
    public void CopyTo(Span<long> numbers, int scale, ReadOnlySpan<double> values, List<SpecialDouble> specials)
    {
        var source = _numbers.Span;
        long last = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (_scales[i] > scale || !DoubleMapping.TryRescale(source[i], _scales[i], scale, out numbers[i]))
            {
                specials.Add(new SpecialDouble(i, values[i]));
                numbers[i] = DoubleMapping.Nearest(values[i], scale) ?? last;
            }

            last = numbers[i];
        }

        FillStart(numbers, specials);
    }

    /// <summary>Gives values at the column's start that are not finite the first number there is.</summary>
    public static void FillStart(Span<long> numbers, IReadOnlyList<SpecialDouble> specials)
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
}
