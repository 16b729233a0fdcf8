namespace MarketCache.Engine.Tables;

/// <summary>Doubles as whole numbers, exactly or not at all.</summary>
internal static class DoubleMapping
{
    /// <summary>Powers of ten up to this one are exact doubles.</summary>
    public const int MaxScale = 22;

    /// <summary>Stands for a value that no scale gives exactly.</summary>
    public const byte NoScale = byte.MaxValue;

    // Cents: where most prices are.
    private const byte FirstScale = 2;
    private const int MaxSingleScale = 12;
    private const long MaxExactInteger = 1L << 53;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    public static double PowerOfTen(int scale) => PowersOfTen[scale];

    public static long FromBits(double value) => Ordered(BitConverter.DoubleToInt64Bits(value));

    public static double ToBits(long number) => BitConverter.Int64BitsToDouble(Ordered(number));

    public static bool IsSingle(double value) => (float)value == value && !IsNegativeZero(value);

    public static long FromSingleBits(double value) => Ordered(BitConverter.SingleToInt32Bits((float)value));

    public static double ToSingleBits(int number) => BitConverter.Int32BitsToSingle(Ordered(number));

    /// <summary>
    /// A scale at which the value is exactly number ÷ 10^scale, or <see cref="NoScale"/>; the smallest from 2 on, since coarser numbers share
    /// a divisor anyway.
    /// </summary>
    public static byte Scale(double value, out long number)
    {
        number = 0;
        if (!double.IsFinite(value) || IsNegativeZero(value))
        {
            return NoScale;
        }

        if (Fits(value, FirstScale, out number))
        {
            return FirstScale;
        }

        // A value that fits a scale fits every finer one until the number exceeds 2^53, so probing is coarse and trailing
        // zeros tell the rest.
        var scale = 4;
        while (!Fits(value, scale, out number))
        {
            if (Math.Abs(value) * PowersOfTen[scale] > MaxExactInteger)
            {
                for (scale = 0; scale <= MaxScale && Math.Abs(value) * PowersOfTen[scale] <= MaxExactInteger; scale++)
                {
                    if (Fits(value, scale, out number))
                    {
                        return (byte)scale;
                    }
                }

                return NoScale;
            }

            scale += 6;
            if (scale > MaxScale)
            {
                return NoScale;
            }
        }

        return WithoutTrailingZeros(ref number, scale);
    }

    /// <summary>The smallest scale from 2 on at which the value is number ÷ 10^scale rounded to single precision, or <see cref="NoScale"/>.</summary>
    public static byte SingleScale(double value, out long number)
    {
        number = 0;
        if (!IsSingle(value) || !double.IsFinite(value))
        {
            return NoScale;
        }

        for (int scale = FirstScale; scale <= MaxSingleScale; scale++)
        {
            var scaled = Math.Round(value * PowersOfTen[scale]);
            if (Math.Abs(scaled) > MaxExactInteger)
            {
                break;
            }

            if ((float)(scaled / PowersOfTen[scale]) == value)
            {
                number = (long)scaled;
                return (byte)scale;
            }
        }

        return NoScale;
    }

    /// <summary>The number at a finer scale; false where it would not be exact.</summary>
    public static bool TryRescale(long number, int from, int to, out long rescaled)
    {
        var factor = PowersOfTen[to - from];
        rescaled = Math.Abs(number) * factor <= MaxExactInteger ? number * (long)factor : 0;
        return rescaled != 0 || number == 0;
    }

    /// <summary>The number nearest to the value at the scale, or null for values that are not finite or too large.</summary>
    public static long? Nearest(double value, int scale)
    {
        var scaled = Math.Round(value * PowersOfTen[scale]);
        return Math.Abs(scaled) <= MaxExactInteger ? (long)scaled : null;
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

    private static bool IsNegativeZero(double value) => value == 0 && double.IsNegative(value);

    private static bool Fits(double value, int scale, out long number)
    {
        var power = PowersOfTen[scale];
        var scaled = Math.Round(value * power);
        number = Math.Abs(scaled) <= MaxExactInteger ? (long)scaled : 0;
        return number / power == value;
    }

    private static byte WithoutTrailingZeros(ref long number, int scale)
    {
        while (scale > 0)
        {
            var (quotient, digit) = Math.DivRem(number, 10);
            if (digit != 0)
            {
                break;
            }

            number = quotient;
            scale--;
        }

        return (byte)scale;
    }

    private static long Ordered(long bits) => bits ^ ((bits >> 63) & long.MaxValue);

    private static int Ordered(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
