using System.Globalization;
using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Tests.Calendars;

public sealed class RecordedSessionTests
{
    [SharedDataFact]
    public void Every_recorded_session_open_close_and_break_is_reproduced()
    {
        var catalog = new CalendarCatalog();
        var differences = new List<string>();
        var compared = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SharedData.Root!, "calendars"), "*.csv").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(file).ToUpperInvariant();
            if (!catalog.TryGet(id, out var calendar))
            {
                differences.Add($"{id}: there is no such calendar");
                continue;
            }

            var expected = File.ReadLines(file).Skip(1).Where(line => line.Length > 0).ToList();
            var first = DateOnly.ParseExact(expected[0].AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var last = DateOnly.ParseExact(expected[^1].AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);

            // Before the first recorded session of 2000 there may be none either.
            var from = calendar.Sessions.IndexAtOrAfter(new DateOnly(first.Year, 1, 1));
            var until = calendar.Sessions.IndexAtOrBefore(last);
            var actual = Enumerable.Range(from, until - from + 1).Select(i => Line(calendar.Sessions[i])).ToList();
            differences.AddRange(expected.Except(actual).Select(line => $"{id} lacks    {line}"));
            differences.AddRange(actual.Except(expected).Select(line => $"{id} makes up {line}"));
            compared += expected.Count;
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Prepend($"{differences.Count} differences")));
        Assert.True(compared > 44_000);
    }

    private static string Line(Session session) =>
        $"{session.Day:yyyy-MM-dd},{Text(session.Open)},{Text(session.BreakStart)},{Text(session.BreakEnd)},{Text(session.Close)}";

    private static string Text(DateTime? instant) => instant?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? string.Empty;
}
