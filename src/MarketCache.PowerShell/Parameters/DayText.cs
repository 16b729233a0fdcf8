using System.Globalization;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Days as people write them: the year first (<c>2024-03-28</c>, <c>20240328</c>, <c>2024-03</c>, <c>2024</c>, with or without a time), the month as a word of
/// English or of the session's culture, <c>today</c> and <c>yesterday</c>. A form whose order of day and month differs among readers is refused as a
/// whole, whatever the numbers: a script that runs on the 13th must run on the 3rd.
/// </summary>
internal static class DayText
{
    private const int FirstYear = 1800;

    private static readonly string[] Days = ["yyyy-MM-dd", "yyyyMMdd", "yyyy/M/d", "yyyy.M.d", "yyyy-M-d"];
    private static readonly string[] Worded = ["d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy", "MMM d yyyy", "MMMM d yyyy", "MMM d, yyyy", "MMMM d, yyyy", "d. MMM yyyy", "d. MMMM yyyy"];
    /// <summary>Moments by ISO 8601, the zone last.</summary>
    internal static readonly string[] Moments =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ss'Z'", "yyyy-MM-dd HH:mm:ss zzz",
    ];

    /// <summary>The day that a text means.</summary>
    /// <param name="text">The text.</param>
    /// <param name="asEnd">Whether a month or a year means its last day rather than its first.</param>
    /// <param name="today">The present day.</param>
    /// <param name="culture">The session's culture.</param>
    /// <returns>The day; null if the text means none for certain.</returns>
    internal static DateOnly? Parse(string text, bool asEnd, DateOnly today, CultureInfo culture)
    {
        var trimmed = text.Trim();
        if (trimmed.Equals("today", StringComparison.OrdinalIgnoreCase))
        {
            return today;
        }

        if (trimmed.Equals("yesterday", StringComparison.OrdinalIgnoreCase))
        {
            return today.AddDays(-1);
        }

        if (DateOnly.TryParseExact(trimmed, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || DateOnly.TryParseExact(trimmed, Worded, CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            || DateOnly.TryParseExact(trimmed, Worded, culture, DateTimeStyles.None, out day))
        {
            return Plausible(day);
        }

        // The day as written, in whatever zone: no conversion moves it.
        if (DateTimeOffset.TryParseExact(trimmed, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return Plausible(DateOnly.FromDateTime(moment.DateTime));
        }

        if (DateOnly.TryParseExact(trimmed, ["yyyy-MM", "yyyy/MM", "yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
        {
            var next = trimmed.Length == 4 ? day.AddYears(1) : day.AddMonths(1);
            return Plausible(asEnd ? next.AddDays(-1) : day);
        }

        return null;
    }

    /// <summary>The days that a text of three numbers with the year last could mean, for a message: none, one or two.</summary>
    /// <param name="text">The text.</param>
    internal static IReadOnlyList<DateOnly> Meanings(string text)
    {
        var parts = text.Trim().Split('.', '/', '-');
        string[] orders = ["d.M.yyyy", "M.d.yyyy"];
        return [.. orders.SelectMany(order => DateOnly.TryParseExact(string.Join('.', parts), order, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? new[] { day } : []).Distinct()];
    }

    private static DateOnly? Plausible(DateOnly day) => day.Year >= FirstYear ? day : null;
}
