using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>Time zones by IANA id: the built-in rules first, then the host's data.</summary>
internal static class ZoneCatalog
{
    private const int FirstYear = 1960;
    private const int LastYear = 2062;

    private static readonly Dictionary<string, int[]> NoLists = new(0);

    // The first calendars' zones are read alone, so that the first answer does not wait for the rest of the world.
    private static readonly Lazy<DataNode>[] Files = [.. new[] { "Calendars/zones.yaml", "Calendars/zones-world.yaml" }
        .Select(file => new Lazy<DataNode>(() => DataFileReader.ReadResource(file)["zones"]!))];
    private static readonly Dictionary<string, ZoneClock> Clocks = new(StringComparer.Ordinal);

    /// <summary>The ids of the built-in zones.</summary>
    public static IEnumerable<string> BuiltIn
    {
        get
        {
            foreach (var zone in Files.SelectMany(file => file.Value.Entries))
            {
                yield return zone.Key;
            }
        }
    }

    /// <summary>Finds a zone's clock.</summary>
    /// <param name="id">IANA id.</param>
    /// <returns>The clock; null for a zone that neither the built-in rules nor the host know.</returns>
    public static ZoneClock? Find(string id)
    {
        lock (Clocks)
        {
            if (!Clocks.TryGetValue(id, out var clock))
            {
                clock = Rules(id) is { } node ? Compile(node)
                    : TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? new HostZoneClock(zone)
                    : null;
                if (clock is null)
                {
                    return null;
                }

                Clocks.Add(id, clock);
            }

            return clock;
        }
    }

    private static DataNode? Rules(string id) => Files[0].Value[id] ?? Files[1].Value[id];

    private static RuleZoneClock Compile(DataNode node)
    {
        // A scalar names another zone with the same clock since 1990.
        while (node.Kind == DataNodeKind.Scalar && !IsOffset(node.Text))
        {
            node = Rules(node.Text) ?? throw CalendarError.Wrong(node, "an offset or another zone");
        }

        var standard = ParseOffset(node.Kind == DataNodeKind.Scalar ? node : node["offset"]!);
        var changes = new List<ZoneChange>(256);
        foreach (var rule in node["changes"]?.Items ?? [])
        {
            CollectChanges(rule, changes);
        }

        var instants = new long[changes.Count];
        var offsets = new long[changes.Count + 1];
        offsets[0] = standard;
        for (var i = 0; i < instants.Length; i++)
        {
            // A local time is one of the clock as it stood before the change.
            instants[i] = changes[i].Ticks - (changes[i].IsUtc ? 0 : offsets[i]);
            offsets[i + 1] = changes[i].Offset;
        }

        return new RuleZoneClock(instants, offsets);
    }

    private static void CollectChanges(DataNode rule, List<ZoneChange> changes)
    {
        var at = rule["at"]!;
        var isUtc = at.Text.EndsWith(" UTC", StringComparison.Ordinal);
        if (!LocalMoment.TryMinutes(isUtc ? at.Text.AsSpan(0, at.Text.Length - 4) : at.Text, out var minutes))
        {
            throw CalendarError.Wrong(at, "a time such as \"02:00\" or \"01:00 UTC\"");
        }

        var offset = ParseOffset(rule["offset"]!);
        var days = new List<int>(LastYear - FirstYear + 1);
        DateExpression.Parse(rule["on"]!, NoLists).Collect(
            rule["from"] is { } from ? int.Parse(from.Text, CultureInfo.InvariantCulture) : FirstYear,
            rule["until"] is { } until ? int.Parse(until.Text, CultureInfo.InvariantCulture) : LastYear,
            days);
        foreach (var day in days)
        {
            var change = new ZoneChange((day * TimeSpan.TicksPerDay) + (minutes * TimeSpan.TicksPerMinute), isUtc, offset);
            var place = changes.Count;
            while (place > 0 && changes[place - 1].Ticks > change.Ticks)
            {
                place--;
            }

            changes.Insert(place, change);
        }
    }

    private static bool IsOffset(string text) => text.Length == 6 && text[0] is '+' or '-';

    private static long ParseOffset(DataNode node) =>
        IsOffset(node.Text) && LocalMoment.TryMinutes(node.Text.AsSpan(1), out var minutes)
            ? (node.Text[0] == '-' ? -minutes : minutes) * TimeSpan.TicksPerMinute
            : throw CalendarError.Wrong(node, "an offset such as \"-05:00\"");
}
