using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>
/// Numbers as people write them: grouped, with either decimal separator, with K, M, B or T for thousands to trillions, with a percent or
/// currency sign, in parentheses where negative.
/// </summary>
/// <param name="Decimal">What stands between whole and fraction.</param>
/// <param name="Thousands">What groups digits besides blanks and apostrophes; null for nothing.</param>
internal readonly record struct CsvNumbers(char Decimal, char? Thousands)
{
    private const int Longest = 64;

    /// <summary>Reads a finite number, divided by a scale.</summary>
    public bool TryParse(ReadOnlySpan<char> field, ScaledNumber scale, out double value)
    {
        if (Decimal == '.' && scale.TryParse(field, out value))
        {
            return true;
        }

        value = 0;
        Span<char> plain = stackalloc char[Longest + 8];
        var core = Core(field, out var isNegative, out var exponent);
        if (core.IsEmpty || core.Length > Longest || Plain(core, plain[1..]) is not (> 0 and var length))
        {
            return false;
        }

        plain[0] = isNegative ? '-' : '+';
        length++;
        if (exponent != 0)
        {
            plain[length++] = 'e';
            exponent.TryFormat(plain[length..], out var digits, default, CultureInfo.InvariantCulture);
            length += digits;
        }

        return scale.TryParse(plain[..length], out value);
    }

    /// <summary>The number without sign, currency, percent and magnitude.</summary>
    internal static ReadOnlySpan<char> Core(ReadOnlySpan<char> field, out bool isNegative, out int exponent)
    {
        (isNegative, exponent) = (false, 0);
        var core = field.Trim();
        if (core.Length > 2 && core[0] == '(' && core[^1] == ')')
        {
            isNegative = true;
            core = core[1..^1].Trim();
        }

        // A currency may stand before the sign or after it.
        var unsigned = WithoutSign(core, out var isMinus);
        core = unsigned.Length < core.Length ? WithoutCurrency(unsigned) : WithoutSign(WithoutCurrency(core), out isMinus);
        isNegative |= isMinus;
        if (core.Length > 1)
        {
            exponent = char.ToUpperInvariant(core[^1]) switch { 'K' => 3, 'M' => 6, 'B' => 9, 'T' => 12, '%' => -2, _ => 0 };
            core = exponent == 0 ? core : core[..^1].TrimEnd();
        }

        return core;
    }

    private static ReadOnlySpan<char> WithoutSign(ReadOnlySpan<char> core, out bool isMinus)
    {
        isMinus = false;
        if (core.Length < 2 || core[0] is not ('-' or '+' or '\u2212'))
        {
            return core;
        }

        isMinus = core[0] != '+';
        return core[1..].TrimStart();
    }

    private static ReadOnlySpan<char> WithoutCurrency(ReadOnlySpan<char> core)
    {
        if (core.Length > 1 && char.GetUnicodeCategory(core[0]) == UnicodeCategory.CurrencySymbol)
        {
            core = core[1..].TrimStart();
        }

        return core.Length > 1 && char.GetUnicodeCategory(core[^1]) == UnicodeCategory.CurrencySymbol ? core[..^1].TrimEnd() : core;
    }

    /// <summary>Writes the number in invariant notation.</summary>
    /// <returns>The length; 0 if it is none, for example because groups are not of three digits (or of two, in India, before the last).</returns>
    private int Plain(ReadOnlySpan<char> core, Span<char> to)
    {
        var (length, group, groups, hasPoint) = (0, 0, 0, false);
        char? separator = null;
        for (var i = 0; i < core.Length; i++)
        {
            var c = core[i];
            if (char.IsAsciiDigit(c))
            {
                to[length++] = c;
                group++;
            }
            else if (c == Decimal && !hasPoint && (groups == 0 || group == 3))
            {
                to[length++] = '.';
                hasPoint = true;
            }
            else if (!hasPoint && (separator is null ? IsGroup(c) : c == separator) && (groups == 0 ? group is > 0 and <= 3 : group is 2 or 3))
            {
                separator = c;
                groups++;
                group = 0;
            }
            else if (c is 'e' or 'E' && length > 0 && groups == 0)
            {
                core[i..].CopyTo(to[length..]);
                return length + core.Length - i;
            }
            else
            {
                return 0;
            }
        }

        return !hasPoint && groups > 0 && group != 3 ? 0 : length;
    }

    private bool IsGroup(char c) => c == Thousands || c is ' ' or '\u00a0' or '\u202f' or '\u2009' or '\'' or '\u2019';

    /// <summary>What the numbers of a file tell of its separators.</summary>
    internal sealed class Evidence
    {
        private string? _point;
        private string? _comma;
        private string? _unclear;
        private bool _hasUnclearPoint;

        /// <summary>Whether some number holds a comma, so that the usual notation does not read it.</summary>
        public bool HasComma { get; private set; }

        /// <summary>Looks at a field; what is no number tells nothing.</summary>
        public void See(ReadOnlySpan<char> field)
        {
            var core = Core(field, out _, out _);
            var (comma, point) = (core.LastIndexOf(','), core.LastIndexOf('.'));
            if ((comma < 0 && point < 0) || core.Length > Longest || core.IndexOfAnyExcept("0123456789.,") >= 0)
            {
                return;
            }

            HasComma |= comma >= 0;
            if (comma >= 0 && point >= 0)
            {
                Note(comma > point, field);
                return;
            }

            var (c, at) = comma >= 0 ? (',', comma) : ('.', point);
            var before = core.IndexOf(c);
            if (before != at)
            {
                // Twice: it groups, and the other one is for decimals.
                Note(c == '.', field);
            }
            else if (core.Length - at - 1 != 3 || at is 0 or > 3 || core[0] == '0')
            {
                Note(c == ',', field);
            }
            else if (c == ',')
            {
                _unclear ??= field.ToString();
            }
            else
            {
                _hasUnclearPoint = true;
            }
        }

        /// <summary>The notation that fits; null, and an example, where none can be told.</summary>
        public CsvNumbers? Decide(out string? unclear)
        {
            unclear = null;
            if (_comma is not null && _point is null)
            {
                return new CsvNumbers(',', '.');
            }

            if (_point is null && _unclear is not null)
            {
                unclear = _unclear;
                return null;
            }

            return new CsvNumbers('.', HasComma && !(_hasUnclearPoint && _point is null) ? ',' : null);
        }

        private void Note(bool isComma, ReadOnlySpan<char> field)
        {
            if (isComma)
            {
                _comma ??= field.ToString();
            }
            else
            {
                _point ??= field.ToString();
            }
        }
    }
}
