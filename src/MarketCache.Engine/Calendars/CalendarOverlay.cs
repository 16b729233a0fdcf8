using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>A calendar that configuration adds, or a change it makes to a built-in one: an entry of <c>cache.calendars</c>.</summary>
/// <param name="Id">The calendar's name.</param>
/// <param name="Rules">The rules, in the schema of the built-in files.</param>
internal sealed record CalendarOverlay(string Id, DataNode Rules);
