using MarketCache.Engine.Configuration;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>Reads what configuration says of calendars. docs/calendars.md describes the keys.</summary>
internal static class CalendarConfiguration
{
    /// <summary>Reads <c>cache.calendars</c>: calendars to add, or changes to built-in ones, by name.</summary>
    /// <param name="node">The value of the key.</param>
    /// <exception cref="ConfigurationException">It is no map of calendars.</exception>
    public static IReadOnlyList<CalendarOverlay> ReadCalendars(DataNode node)
    {
        var overlays = new List<CalendarOverlay>();
        if (node.IsNull)
        {
            return overlays;
        }

        if (node.Kind != DataNodeKind.Map)
        {
            throw CalendarError.Wrong(node, "a map of calendars such as XNYS: { days: { 2026-11-27: { close: \"13:00\" } } }");
        }

        foreach (var (id, rules) in node.Entries)
        {
            overlays.Add(rules.Kind == DataNodeKind.Map
                ? new CalendarOverlay(id, rules)
                : throw CalendarError.Wrong(rules, "a map with the calendar's rules"));
        }

        return overlays;
    }

    /// <summary>Reads <c>cache.tickers</c>: which calendar the tickers of a pattern follow.</summary>
    /// <param name="node">The value of the key.</param>
    /// <exception cref="ConfigurationException">It is no map of calendars' names.</exception>
    public static IReadOnlyList<TickerRule> ReadTickers(DataNode node)
    {
        var rules = new List<TickerRule>();
        if (node.IsNull)
        {
            return rules;
        }

        if (node.Kind != DataNodeKind.Map)
        {
            throw CalendarError.Wrong(node, "a map from tickers to calendars such as \"BRK*\": XNYS");
        }

        foreach (var (pattern, calendar) in node.Entries)
        {
            rules.Add(calendar.Kind == DataNodeKind.Scalar && !calendar.IsNull && pattern.Length > 0
                ? new TickerRule(pattern, calendar.Text, calendar)
                : throw CalendarError.Wrong(calendar, "the name of a calendar"));
        }

        return rules;
    }
}
