using System.Globalization;

namespace MarketCache.Engine.Providers.Rows;

/// <summary>Numbers in text, divided by a scale with one rounding only: the double nearest to the true quotient.</summary>
internal readonly struct ScaledNumber
{
    private const long ExactInteger = 1L << 53;
    private readonly double _scale;
    private readonly int _exponent;

    public ScaledNumber(double scale)
    {
        _scale = scale;
        _exponent = -1;
        var power = 1.0;
        for (var e = 0; e <= 22; e++, power *= 10)
        {
            if (power == scale)
            {
                _exponent = e;
            }
        }
    }

    /// <summary>Reads a finite number in invariant notation, without thousands separators.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        // An integer below 2^53 and the scale are both exact, so that IEEE division rounds once.
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            && integer is > -ExactInteger and < ExactInteger && integer != 0)
        {
            value = integer / _scale;
            return true;
        }

        // Otherwise a power of ten moves into the exponent of the text, and parsing rounds once.
        if (_exponent > 0 && text.Length < 48 && text.IndexOfAny('e', 'E') < 0)
        {
            Span<char> shifted = stackalloc char[52];
            text.CopyTo(shifted);
            "e-".CopyTo(shifted[text.Length..]);
            _exponent.TryFormat(shifted[(text.Length + 2)..], out var digits, default, CultureInfo.InvariantCulture);
            return Parse(shifted[..(text.Length + 2 + digits)], out value);
        }

        if (!Parse(text, out value))
        {
            return false;
        }

        value /= _scale;
        return double.IsFinite(value);
    }

    private static bool Parse(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);
}
