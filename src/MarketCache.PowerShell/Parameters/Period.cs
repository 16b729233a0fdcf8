using System.Globalization;

namespace MarketCache.PowerShell.Parameters;

/// <summary>A stretch of days that ends today, as given to <c>-Last</c>: <c>30d</c> or <c>30</c>, <c>2w</c>, <c>6mo</c>, <c>5y</c>, <c>ytd</c>, <c>max</c>.</summary>
internal static class Period
{
    private static readonly DateOnly Earliest = new(1900, 1, 1);

    /// <summary>The first day of a period.</summary>
    /// <param name="text">The period; <c>30d</c> is the last 30 calendar days, the end among them.</param>
    /// <param name="end">Its last day.</param>
    /// <exception cref="MarketDataException">The text is no period (<c>InvalidPeriod</c>).</exception>
    internal static DateOnly StartOf(string text, DateOnly end)
    {
        var trimmed = text.Trim();
        if (trimmed.Equals("ytd", StringComparison.OrdinalIgnoreCase))
        {
            return new DateOnly(end.Year, 1, 1);
        }

        if (trimmed.Equals("max", StringComparison.OrdinalIgnoreCase))
        {
            return Earliest;
        }

        var digits = 0;
        while (digits < trimmed.Length && char.IsAsciiDigit(trimmed[digits]))
        {
            digits++;
        }

        if (!int.TryParse(trimmed.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 100_000)
        {
            throw Invalid(text);
        }

        return trimmed[digits..].ToLowerInvariant() switch
        {
            "d" or "" => Back(end, 0, count - 1),
            "w" or "wk" => Back(end, 0, (7L * count) - 1),
            "mo" => Back(end, count, -1),
            "y" => Back(end, 12L * count, -1),
            "m" => throw Invalid(text, $" It could be months ({count}mo) or minutes, which -Last does not count."),
            _ => throw Invalid(text),
        };
    }

    private static DateOnly Back(DateOnly end, long months, long days)
    {
        var monthNumber = (end.Year * 12L) + end.Month - 1 - months;
        if (monthNumber < Earliest.Year * 12L)
        {
            return Earliest;
        }

        var start = end.AddMonths((int)-months).DayNumber - days;
        return start < Earliest.DayNumber ? Earliest : DateOnly.FromDayNumber((int)start);
    }

    private static MarketDataException Invalid(string text, string hint = "") => new MarketDataException(
        "InvalidPeriod", $"'{text}' is not a period.{hint} For -Last, use a number and a unit (30d, 2w, 6mo or 5y), ytd or max.")
    {
        Target = text,
    };
}
