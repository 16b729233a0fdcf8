using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>
/// A moment of a session by the exchange's clock: <c>16:00</c>; <c>24:00</c> is midnight after the day; <c>18:00 -1 day</c> is the evening
/// before; <c>16:15 +1 session</c> is on the day of the next session.
/// </summary>
/// <param name="Minutes">Minutes from midnight.</param>
/// <param name="Days">Days from the session's day.</param>
/// <param name="Sessions">Sessions from the session.</param>
internal sealed record LocalMoment(int Minutes, int Days = 0, int Sessions = 0)
{
    private const string Form = "a time such as \"09:30\", \"24:00\", \"18:00 -1 day\" or \"16:15 +1 session\"";

    /// <summary>Reads a moment.</summary>
    /// <exception cref="ConfigurationException">It is not one.</exception>
    public static LocalMoment Parse(DataNode node)
    {
        var text = node.Text.AsSpan().Trim();
        var blank = text.IndexOf(' ');
        if (!TryMinutes(blank < 0 ? text : text[..blank], out var minutes))
        {
            throw CalendarError.Wrong(node, Form);
        }

        if (blank < 0)
        {
            return new LocalMoment(minutes);
        }

        var rest = text[(blank + 1)..].Trim();
        var unit = rest.LastIndexOf(' ');
        if (unit < 0 || !int.TryParse(rest[..unit], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) || Math.Abs(count) > 7)
        {
            throw CalendarError.Wrong(node, Form);
        }

        return rest[(unit + 1)..] switch
        {
            "day" or "days" => new LocalMoment(minutes, Days: count),
            "session" or "sessions" when count >= 0 => new LocalMoment(minutes, Sessions: count),
            _ => throw CalendarError.Wrong(node, Form),
        };
    }

    /// <summary>Reads <c>HH:mm</c>, up to 24:00.</summary>
    public static bool TryMinutes(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text.Length is < 4 or > 5 || text[^3] != ':'
            || !int.TryParse(text[..^3], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(text[^2..], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            || hour > 24 || minute > 59 || (hour == 24 && minute > 0))
        {
            return false;
        }

        minutes = (hour * 60) + minute;
        return true;
    }
}
