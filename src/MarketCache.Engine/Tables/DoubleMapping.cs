namespace MarketCache.Engine.Tables;

/// <summary>Doubles as whole numbers, exactly or not at all.</summary>
internal static class DoubleMapping
{
    /// <summary>Powers of ten up to this one are exact doubles.</summary>
    public const int MaxScale = 22;

    private const int MaxSingleScale = 12;
    private const double MaxExactInteger = 1L << 53;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    public static double PowerOfTen(int scale) => PowersOfTen[scale];

    /// <summary>Values that no decimal number stands for: NaN, the infinities and negative zero.</summary>
    public static bool IsSpecial(double value) => !double.IsFinite(value) || (value == 0 && double.IsNegative(value));

    public static long FromBits(double value) => Ordered(BitConverter.DoubleToInt64Bits(value));

    public static double ToBits(long number) => BitConverter.Int64BitsToDouble(Ordered(number));

    public static long FromSingleBits(double value) => Ordered(BitConverter.SingleToInt32Bits((float)value));

    public static double ToSingleBits(int number) => BitConverter.Int32BitsToSingle(Ordered(number));

    /// <summary>Finds the smallest scale, from the given one on, at which every value is exactly number ÷ 10^scale.</summary>
    public static bool TryDecimal(ReadOnlySpan<double> values, Span<long> numbers, ref int scale)
    {
        var began = scale;
        for (var i = 0; i < values.Length; i++)
        {
            while (!TryScale(values[i], scale, out numbers[i]))
            {
                if (++scale > MaxScale)
                {
                    return false;
                }
            }
        }

        return scale == began || TryDecimal(values, numbers, ref scale);
    }

    /// <summary>The same for doubles that are single-precision values.</summary>
    public static bool TrySingleDecimal(ReadOnlySpan<double> values, Span<long> numbers, ref int scale)
    {
        var began = scale;
        for (var i = 0; i < values.Length; i++)
        {
            while (!TryScaleSingle(values[i], scale, out numbers[i]))
            {
                if (++scale > MaxSingleScale)
                {
                    return false;
                }
            }
        }

        return scale == began || TrySingleDecimal(values, numbers, ref scale);
    }

    public static bool TrySingleBits(ReadOnlySpan<double> values, Span<long> numbers)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if ((float)values[i] != values[i])
            {
                return false;
            }

            numbers[i] = FromSingleBits(values[i]);
        }

        return true;
    }

    private static bool TryScale(double value, int scale, out long number)
    {
        var power = PowersOfTen[scale];
        var scaled = Math.Round(value * power);
        if (Math.Abs(scaled) > MaxExactInteger)
        {
            number = 0;
            return false;
        }

        number = (long)scaled;
        return number / power == value;
    }

    private static bool TryScaleSingle(double value, int scale, out long number)
    {
        var power = PowersOfTen[scale];
        var scaled = Math.Round(value * power);
        if (Math.Abs(scaled) > MaxExactInteger)
        {
            number = 0;
            return false;
        }

        number = (long)scaled;
        return (float)(number / power) == value;
    }

    private static long Ordered(long bits) => bits ^ ((bits >> 63) & long.MaxValue);

    private static int Ordered(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
