using System.Diagnostics.CodeAnalysis;

namespace MarketCache;

/// <summary>A bar length, by its canonical name.</summary>
/// <remarks>
/// Names are taken without regard to case, but for the <c>m</c> of minutes: <c>1M</c> is a month to some and a minute to others
/// and is refused.
/// </remarks>
public sealed record Frequency
{
    private static readonly Dictionary<string, Frequency> ByName = new(StringComparer.OrdinalIgnoreCase);

    private Frequency(string name, TimeSpan? barLength, params string[] aliases)
    {
        Name = name;
        BarLength = barLength;
        IsIntraday = barLength < TimeSpan.FromDays(1);
        Aliases = aliases;
        Rank = ByName.Count;
        ByName.Add(name, this);
        foreach (var alias in aliases)
        {
            ByName.Add(alias, this);
        }
    }

    /// <summary>Bars of one minute, <c>1min</c> or <c>1m</c>.</summary>
    public static Frequency OneMinute { get; } = new("1m", TimeSpan.FromMinutes(1), "1min");

    /// <summary>Bars of two minutes, <c>2m</c>.</summary>
    public static Frequency TwoMinutes { get; } = new("2m", TimeSpan.FromMinutes(2), "2min");

    /// <summary>Bars of five minutes, <c>5m</c>.</summary>
    public static Frequency FiveMinutes { get; } = new("5m", TimeSpan.FromMinutes(5), "5min");

    /// <summary>Bars of fifteen minutes, <c>15m</c>.</summary>
    public static Frequency FifteenMinutes { get; } = new("15m", TimeSpan.FromMinutes(15), "15min");

    /// <summary>Bars of thirty minutes, <c>30m</c>.</summary>
    public static Frequency ThirtyMinutes { get; } = new("30m", TimeSpan.FromMinutes(30), "30min");

    /// <summary>Bars of one hour, <c>1h</c> or <c>60m</c>.</summary>
    public static Frequency OneHour { get; } = new("1h", TimeSpan.FromHours(1), "60m", "60min", "hourly");

    /// <summary>Bars of ninety minutes, <c>90m</c>.</summary>
    public static Frequency NinetyMinutes { get; } = new("90m", TimeSpan.FromMinutes(90), "90min");

    /// <summary>One bar per session, <c>daily</c> or <c>1d</c>.</summary>
    public static Frequency Daily { get; } = new("daily", TimeSpan.FromDays(1), "1d", "day", "d");

    /// <summary>One bar per week from Monday to Sunday, <c>weekly</c> or <c>1wk</c>.</summary>
    public static Frequency Weekly { get; } = new("weekly", null, "1wk", "1w", "week", "w");

    /// <summary>One bar per calendar month, <c>monthly</c> or <c>1mo</c>.</summary>
    public static Frequency Monthly { get; } = new("monthly", null, "1mo", "month");

    /// <summary>One bar per calendar quarter, <c>quarterly</c> or <c>3mo</c>.</summary>
    public static Frequency Quarterly { get; } = new("quarterly", null, "3mo", "quarter", "q");

    /// <summary>One bar per calendar year, <c>annual</c>, <c>yearly</c> or <c>1y</c>.</summary>
    public static Frequency Annual { get; } = new("annual", null, "yearly", "1y", "year", "annually");

    /// <summary>Every frequency, shortest bars first.</summary>
    public static IReadOnlyList<Frequency> All { get; } =
    [
        OneMinute, TwoMinutes, FiveMinutes, FifteenMinutes, ThirtyMinutes, OneHour, NinetyMinutes, Daily, Weekly, Monthly, Quarterly, Annual,
    ];

    /// <summary>The canonical name, e.g. <c>daily</c> or <c>15m</c>.</summary>
    public string Name { get; }

    /// <summary>Other names for the same.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The length of a bar; null if it depends on the calendar (weekly and longer).</summary>
    public TimeSpan? BarLength { get; }

    /// <summary>Whether a session has several bars.</summary>
    public bool IsIntraday { get; }

    /// <summary>The place among all frequencies, shorter bars first: lower ones can be summed up to higher ones.</summary>
    public int Rank { get; }

    /// <summary>Reads a canonical name or an alias.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="MarketDataException"><c>UnknownFrequency</c>: there is no such frequency.</exception>
    public static Frequency Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TryParse(text, out var frequency))
        {
            return frequency;
        }

        var nearest = NearestName.Find(text.Trim(), ByName.Keys);
        var isMonthOrMinute = ByName.ContainsKey(text.Trim());
        throw new MarketDataException(
            "UnknownFrequency",
            $"There is no frequency '{text}'.{(isMonthOrMinute ? " It could be minutes (1min) or months (1mo)." : nearest is null ? "" : $" Did you mean '{nearest}'?")} Use one of: {string.Join(", ", All.Select(f => f.Name))}.")
        {
            Target = text,
        };
    }

    /// <summary>Reads a canonical name or an alias.</summary>
    /// <param name="text">The name.</param>
    /// <param name="frequency">The frequency, when there is one.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Frequency? frequency)
    {
        frequency = null;
        return text is not null
            && ByName.TryGetValue(text.Trim(), out frequency)
            && !(frequency.IsIntraday && text.Contains('M', StringComparison.Ordinal));
    }

    /// <summary>Whether both are the same bar length.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(Frequency? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Rank;

    /// <summary>The canonical name.</summary>
    public override string ToString() => Name;
}
