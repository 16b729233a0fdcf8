using System.Globalization;

namespace MarketCache.Engine.Yaml;

/// <summary>Durations as configuration spells them: seconds as a plain number, or a number with a unit.</summary>
internal static class DurationText
{
    /// <summary>What a duration looks like, for messages.</summary>
    public const string Expected = "a duration: seconds, or a number with a unit (30s, 5m, 1.5h, 7d, 2w, 5y)";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365.25 * 1000);

    /// <summary>Reads a duration: not negative, a thousand years at most. A year is 365.25 days.</summary>
    /// <param name="text">The text.</param>
    /// <param name="duration">The duration.</param>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            return false;
        }

        var secondsPerUnit = trimmed[^1] switch
        {
            's' => 1m,
            'm' => 60m,
            'h' => 3600m,
            'd' => 86400m,
            'w' => 604800m,
            'y' => 31557600m,
            _ => 0m,
        };
        var number = secondsPerUnit == 0 ? trimmed : trimmed[..^1].TrimEnd();
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > 1e12m)
        {
            return false;
        }

        var seconds = value * (secondsPerUnit == 0 ? 1 : secondsPerUnit);
        if (seconds > (decimal)Longest.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>The duration as configuration spells it: the largest unit that keeps it whole, else seconds.</summary>
    /// <param name="duration">The duration.</param>
    public static string Format(TimeSpan duration)
    {
        var (length, unit) = duration.Ticks switch
        {
            0 => (TimeSpan.TicksPerSecond, "s"),
            var t when t % TimeSpan.TicksPerDay == 0 => (TimeSpan.TicksPerDay, "d"),
            var t when t % TimeSpan.TicksPerHour == 0 => (TimeSpan.TicksPerHour, "h"),
            var t when t % TimeSpan.TicksPerMinute == 0 => (TimeSpan.TicksPerMinute, "m"),
            _ => (TimeSpan.TicksPerSecond, "s"),
        };
        var value = (decimal)duration.Ticks / length;
        return value.ToString("0.#######", CultureInfo.InvariantCulture) + unit;
    }
}
