using System.Globalization;
using System.Text.Json;
using MarketCache.Engine;
using MarketCache.Engine.Calendars;

namespace MarketCache.Calendars;

/// <summary>
/// What is known of a market's sessions, a JSON file: <c>week</c>, which weekdays are sessions from a day on; <c>hours</c>, local times from a day
/// on (<c>17:00-1</c> is the evening before); <c>closed</c>, days of the week without a session; <c>extra</c>, sessions outside it;
/// <c>special_hours</c>, days whose hours differ.
/// </summary>
public sealed class MarketFacts : IDisposable
{
    private readonly JsonDocument _document;
    private readonly TimeZoneInfo _zone;

    private MarketFacts(JsonDocument document)
    {
        _document = document;
        _zone = TimeZoneInfo.FindSystemTimeZoneById(Root.GetProperty("time_zone").GetString()!);
    }

    /// <summary>The market's identifier, e.g. <c>XKRX</c>.</summary>
    public string Market => Root.GetProperty("mic").GetString()!;

    /// <summary>How many sessions the facts claim to have.</summary>
    public int Count => Root.GetProperty("sessions").GetInt32();

    private JsonElement Root => _document.RootElement;

    /// <summary>Reads a file.</summary>
    public static MarketFacts Read(string path)
    {
        using var stream = File.OpenRead(path);
        return new MarketFacts(JsonDocument.Parse(stream));
    }

    /// <summary>The sessions: their day, and their hours in UTC as text.</summary>
    public IReadOnlyDictionary<DateOnly, string> Sessions()
    {
        var closed = Days("closed");
        var extra = Days("extra");
        var special = Root.GetProperty("special_hours").EnumerateArray().ToDictionary(s => Day(s.GetProperty("date")));
        var all = new Dictionary<DateOnly, string>();
        for (var day = Day(Root.GetProperty("first")); day <= Day(Root.GetProperty("last")); day = day.AddDays(1))
        {
            var week = Since("week", day).GetProperty("days").EnumerateArray().Select(d => d.GetString());
            if (extra.Contains(day) || (week.Contains(day.DayOfWeek.ToString()[..3]) && !closed.Contains(day)))
            {
                all.Add(day, Hours(day, special.TryGetValue(day, out var own) ? own : Since("hours", day)));
            }
        }

        return all;
    }

    /// <summary>Where a calendar differs, a line for each day. Of CMES only the days are compared: its hours rest on the exchange's own word (docs/calendars.md).</summary>
    public IEnumerable<string> Differences(TradingSessions calendars, string calendar)
    {
        var facts = Sessions();
        var first = facts.Keys.Min();
        var last = facts.Keys.Max();
        var own = calendars.Sessions(calendar, new DateOnly(first.Year, 1, 1), last).ToDictionary(s => DateOnly.FromDateTime(s.Date), Hours);
        foreach (var day in facts.Keys.Union(own.Keys).Order())
        {
            var here = own.GetValueOrDefault(day, "none");
            var there = facts.GetValueOrDefault(day, "none");
            if (calendar == "CMES" && here != "none" && there != "none")
            {
                continue;
            }

            if (here != there)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{calendar} {day:yyyy-MM-dd ddd}: {here}, the facts say {there}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static string Hours(MarketSession session) => Text(session.Open, session.BreakStart, session.BreakEnd, session.Close);

    private static string Text(DateTime open, DateTime? breakStart, DateTime? breakEnd, DateTime close) => string.Create(
        CultureInfo.InvariantCulture, $"{open:MM-dd HH:mm}-{(breakStart is null ? string.Empty : $"{breakStart:HH:mm}, {breakEnd:HH:mm}-")}{close:MM-dd HH:mm} UTC");

    private static DateOnly Day(JsonElement element) => DateOnly.ParseExact(element.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Hours(DateOnly day, JsonElement hours)
    {
        var pause = hours.TryGetProperty("break", out var lunch) ? lunch : default;
        var has = pause.ValueKind == JsonValueKind.Array;
        return Text(
            Utc(day, hours.GetProperty("open")), has ? Utc(day, pause[0]) : null, has ? Utc(day, pause[1]) : null, Utc(day, hours.GetProperty("close")));
    }

    private DateTime Utc(DateOnly day, JsonElement time)
    {
        var text = time.GetString()!;
        var before = text.EndsWith("-1", StringComparison.Ordinal);
        var at = TimeOnly.ParseExact(text[..5], "HH:mm", CultureInfo.InvariantCulture);
        return TimeZoneInfo.ConvertTimeToUtc(day.AddDays(before ? -1 : 0).ToDateTime(at), _zone);
    }

    private HashSet<DateOnly> Days(string property) => [.. Root.GetProperty(property).EnumerateArray().Select(Day)];

    private JsonElement Since(string property, DateOnly day)
    {
        var all = Root.GetProperty(property).EnumerateArray().ToList();
        return all.FindLast(entry => Day(entry.GetProperty("from")) <= day);
    }
}
