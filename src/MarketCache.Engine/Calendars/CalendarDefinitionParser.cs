using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>Reads a calendar's rules. The schema is described in docs/calendars.md; built-in files and configuration share it.</summary>
internal static class CalendarDefinitionParser
{
    private const int WorkWeek = 0b0111110;

    private static readonly string[] CalendarKeys = ["extends", "name", "assumed", "zone", "known", "lag", "weekdays", "hours", "lists", "holidays", "special-hours", "days"];
    private static readonly string[] KnownKeys = ["from", "until"];
    private static readonly string[] HoursKeys = ["from", "season", "weekdays", "open", "close", "break"];
    private static readonly string[] HolidayKeys = ["name", "on", "observed", "weekdays", "from", "until", "except"];
    private static readonly string[] SpecialKeys = [.. HolidayKeys, "open", "close"];
    private static readonly string[] DayKeys = ["open", "close"];

    /// <summary>Reads a calendar.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="node">Its rules.</param>
    /// <param name="basis">The calendar it extends; null for none.</param>
    /// <exception cref="ConfigurationException">A rule is wrong; the message names file, line and key.</exception>
    public static CalendarDefinition Parse(string id, DataNode node, CalendarDefinition? basis)
    {
        CheckKeys(node, CalendarKeys);
        var lists = ParseLists(node["lists"]);
        var weekdays = node["weekdays"] is { } week ? ParseWeekdays(week) : WorkWeek;
        var known = node["known"];
        if (known is not null)
        {
            CheckKeys(known, KnownKeys);
        }

        if (basis is null && (node["zone"] is null || node["hours"] is null))
        {
            throw CalendarError.Refuse(node, $"it has no '{(node["zone"] is null ? "zone" : "hours")}'", "that key, or 'extends' with the name of another calendar");
        }

        if (basis is not null && node["weekdays"] is { } ignored && node["hours"] is null)
        {
            throw CalendarError.Refuse(ignored, "it stands without 'hours'", "'hours' beside it");
        }

        var definition = new CalendarDefinition
        {
            Id = id,
            Name = node["name"]?.Text ?? basis?.Name ?? id,
            IsAssumed = node["assumed"] is { } assumed && ParseYes(assumed),
            Zone = node["zone"] is { } zone ? Scalar(zone, "an IANA time zone such as Europe/London") : basis!.Zone,
            KnownFrom = known?["from"] is { } from ? DateExpression.ParseDate(from) : basis?.KnownFrom ?? DateOnly.MinValue,
            KnownUntil = known?["until"] is { } until ? DateExpression.ParseDate(until) : basis?.KnownUntil ?? DateOnly.MaxValue,
            Lag = node["lag"] is { } lag ? ParseLag(lag) : basis?.Lag ?? TimeSpan.FromMinutes(15),
            Hours = node["hours"] is { } hours ? ParseHours(hours, weekdays) : basis!.Hours,
            Holidays = ParseRules(node["holidays"], lists, basis?.Holidays, isSpecial: false),
            SpecialDays = ParseRules(node["special-hours"], lists, basis?.SpecialDays, isSpecial: true),
            Days = ParseDays(node["days"], basis?.Days),
        };
        CheckSpecialHours(node, definition);
        return definition;
    }

    // Special hours leave out what stays as it is, so that only with the regular hours is it seen whether they make sense.
    private static void CheckSpecialHours(DataNode node, CalendarDefinition definition)
    {
        foreach (var item in node["special-hours"]?.Items ?? [])
        {
            foreach (var hours in definition.Hours)
            {
                CheckSpecialHours(item, hours);
            }
        }

        foreach (var (day, hours) in node["days"]?.Entries ?? [])
        {
            if (hours.Kind == DataNodeKind.Map && DateExpression.TryDate(day, out var date))
            {
                CheckSpecialHours(hours, definition.HoursOf(date.DayNumber));
            }
        }
    }

    private static void CheckSpecialHours(DataNode node, TradingHours regular) => CheckOrder(
        node,
        node["open"] is { } open ? LocalMoment.Parse(open) : regular.Open,
        node["close"] is { } close ? LocalMoment.Parse(close) : regular.Close);

    private static string Scalar(DataNode node, string expected) =>
        node.Kind == DataNodeKind.Scalar && node.Text.Length > 0 ? node.Text : throw CalendarError.Wrong(node, expected);

    private static bool ParseYes(DataNode node) => node.Text is "true" or "false" ? node.Text == "true" : throw CalendarError.Wrong(node, "true or false");

    private static void CheckKeys(DataNode node, string[] allowed)
    {
        if (node.Kind != DataNodeKind.Map)
        {
            throw CalendarError.Wrong(node, "a map");
        }

        foreach (var entry in node.Entries)
        {
            if (Array.IndexOf(allowed, entry.Key) < 0)
            {
                throw CalendarError.Refuse(entry.Value, "there is no such key", "one of " + string.Join(", ", allowed), NearestName.Find(entry.Key, allowed));
            }
        }
    }

    /// <summary>Reads named lists of dates.</summary>
    public static Dictionary<string, int[]> ParseLists(DataNode? node)
    {
        var lists = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (var (name, dates) in node?.Entries ?? [])
        {
            if (dates.Kind != DataNodeKind.List)
            {
                throw CalendarError.Wrong(dates, "a list of dates");
            }

            var days = new int[dates.Items.Count];
            for (var i = 0; i < days.Length; i++)
            {
                days[i] = DateExpression.ParseDate(dates.Items[i]).DayNumber;
            }

            lists.Add(name, days);
        }

        return lists;
    }

    private static TimeSpan ParseLag(DataNode node) =>
        LocalMoment.TryMinutes(node.Text, out var minutes)
            ? TimeSpan.FromMinutes(minutes)
            : throw CalendarError.Wrong(node, "hours and minutes such as \"00:20\"");

    private static int ParseWeekdays(DataNode node)
    {
        const string Expected = "weekdays such as Mon-Fri or 'Mon Tue Thu'";
        var mask = 0;
        foreach (var word in Scalar(node, Expected).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = word.IndexOf('-', StringComparison.Ordinal);
            if (!DateExpression.TryWeekday(dash < 0 ? word : word.AsSpan(0, dash), out var first)
                || !DateExpression.TryWeekday(dash < 0 ? word : word.AsSpan(dash + 1), out var last))
            {
                throw CalendarError.Wrong(node, Expected);
            }

            for (var day = (int)first; ; day = (day + 1) % 7)
            {
                mask |= 1 << day;
                if (day == (int)last)
                {
                    break;
                }
            }
        }

        return mask;
    }

    private static List<TradingHours> ParseHours(DataNode node, int weekdays)
    {
        if (node.Kind != DataNodeKind.List || node.Items.Count == 0)
        {
            throw CalendarError.Wrong(node, "a list of hours, oldest first");
        }

        var all = new List<TradingHours>(node.Items.Count);
        foreach (var item in node.Items)
        {
            CheckKeys(item, HoursKeys);
            if (item["open"] is not { } open || item["close"] is not { } close)
            {
                throw CalendarError.Refuse(item, "it lacks 'open' or 'close'", "both");
            }

            var from = item["from"] is { } first ? DateExpression.ParseDate(first).DayNumber : 0;
            var isPart = item["weekdays"] is not null || item["season"] is not null;
            if (all.Count > 0 && (from < all[^1].From || (from == all[^1].From && !isPart)))
            {
                throw CalendarError.Refuse(item, "it does not begin later than the hours before it", "a later 'from', or 'weekdays' or a 'season'");
            }

            var (breakStart, breakEnd) = item["break"] is { } lunch ? ParseBreak(lunch) : (null, null);
            all.Add(new TradingHours(
                from,
                item["weekdays"] is { } week ? ParseWeekdays(week) : weekdays,
                item["season"] is { } season ? ParseSeason(season) : null,
                LocalMoment.Parse(open),
                LocalMoment.Parse(close),
                breakStart,
                breakEnd));
            CheckOrder(item, all[^1].Open, all[^1].Close);
        }

        return all;
    }

    private static Season ParseSeason(DataNode node)
    {
        var text = node.Text;
        return text.Length == 14 && text.AsSpan(5, 4).SequenceEqual(" to ")
            && DateExpression.TryMonthDay(text.AsSpan(0, 5), out var month, out var day)
            && DateExpression.TryMonthDay(text.AsSpan(9), out var lastMonth, out var lastDay)
            ? new Season((month * 100) + day, (lastMonth * 100) + lastDay)
            : throw CalendarError.Wrong(node, "a part of the year such as 03-01 to 10-31");
    }

    private static void CheckOrder(DataNode node, LocalMoment open, LocalMoment close)
    {
        // A session's next session is at least a day away.
        static int Position(LocalMoment moment) => moment.Minutes + (1440 * (moment.Days + moment.Sessions));
        if (Position(close) <= Position(open))
        {
            throw CalendarError.Refuse(node, "it closes before it opens", "a later close, or \"18:00 -1 day\" for an open on the evening before");
        }
    }

    private static (LocalMoment? Start, LocalMoment? End) ParseBreak(DataNode node)
    {
        var dash = node.Text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && LocalMoment.TryMinutes(node.Text.AsSpan(0, dash), out var start) && LocalMoment.TryMinutes(node.Text.AsSpan(dash + 1), out var end)
            && start < end
            ? (new LocalMoment(start), new LocalMoment(end))
            : throw CalendarError.Wrong(node, "a lunch break such as \"11:30-12:30\"");
    }

    private static List<HolidayRule> ParseRules(DataNode? node, Dictionary<string, int[]> lists, IReadOnlyList<HolidayRule>? basis, bool isSpecial)
    {
        var rules = basis is null ? new List<HolidayRule>() : [.. basis];
        if (node is null)
        {
            return rules;
        }

        if (node.Kind != DataNodeKind.List)
        {
            throw CalendarError.Wrong(node, "a list");
        }

        foreach (var item in node.Items)
        {
            CheckKeys(item, isSpecial ? SpecialKeys : HolidayKeys);
            if (item["on"] is not { } on)
            {
                throw CalendarError.Refuse(item, "it has no 'on'", "the day it falls on");
            }

            rules.Add(new HolidayRule(
                item["name"]?.Text ?? on.Text,
                DateExpression.Parse(on, lists),
                item["observed"] is { } observed ? Observance.Parse(observed) : Observance.OnTheDay,
                item["weekdays"] is { } weekdays ? ParseWeekdays(weekdays) : 0b1111111,
                item["from"] is { } from ? ParseBound(from, 1, 1) : int.MinValue,
                item["until"] is { } until ? ParseBound(until, 12, 31) : int.MaxValue,
                item["except"] is { } except ? ParseYears(except) : [],
                isSpecial ? ParseSpecialHours(item) : null));
        }

        return rules;
    }

    private static SpecialHours ParseSpecialHours(DataNode node)
    {
        var hours = new SpecialHours(
            node["open"] is { } open ? LocalMoment.Parse(open) : null,
            node["close"] is { } close ? LocalMoment.Parse(close) : null);
        if (hours.Open is null && hours.Close is null)
        {
            throw CalendarError.Refuse(node, "it has neither 'open' nor 'close'", "one of the two or both");
        }

        return hours;
    }

    private static int ParseBound(DataNode node, int month, int day) =>
        node.Text.Length == 4 && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year > 0
            ? new DateOnly(year, month, day).DayNumber
            : DateExpression.ParseDate(node).DayNumber;

    private static int[] ParseYears(DataNode node)
    {
        var words = node.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var years = new int[words.Length];
        for (var i = 0; i < years.Length; i++)
        {
            if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out years[i]))
            {
                throw CalendarError.Wrong(node, "years such as '1995 2020'");
            }
        }

        return years;
    }

    private static Dictionary<int, DayOverride> ParseDays(DataNode? node, IReadOnlyDictionary<int, DayOverride>? basis)
    {
        var days = basis is null ? new Dictionary<int, DayOverride>() : new Dictionary<int, DayOverride>(basis);
        if (node is null)
        {
            return days;
        }

        if (node.Kind != DataNodeKind.Map)
        {
            throw CalendarError.Wrong(node, "a map of dates");
        }

        foreach (var (key, value) in node.Entries)
        {
            if (!DateExpression.TryDate(key, out var day))
            {
                throw CalendarError.Refuse(value, "the key is no date", "one such as 2026-11-27");
            }

            if (value.Kind == DataNodeKind.Map)
            {
                CheckKeys(value, DayKeys);
            }

            days[day.DayNumber] = value.Kind == DataNodeKind.Map ? new DayOverride(true, ParseSpecialHours(value))
                : value.Text == "closed" ? new DayOverride(false, null)
                : value.Text == "open" ? new DayOverride(true, null)
                : throw CalendarError.Wrong(value, "closed, open, or hours such as { close: \"13:00\" }");
        }

        return days;
    }
}
