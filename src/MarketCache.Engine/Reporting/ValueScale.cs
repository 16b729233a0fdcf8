using System.Globalization;

namespace MarketCache.Engine.Reporting;

/// <summary>A vertical axis: labelled ticks, each so many percent from the top.</summary>
internal sealed class ValueScale
{
    private readonly Func<double, double> _fromTop;

    private ValueScale(IReadOnlyList<(double FromTop, string Label)> ticks, Func<double, double> fromTop)
    {
        Ticks = ticks;
        _fromTop = fromTop;
    }

    /// <summary>The ticks.</summary>
    public IReadOnlyList<(double FromTop, string Label)> Ticks { get; }

    /// <summary>From nothing to the whole.</summary>
    public static ValueScale Shares { get; } = new([(100, "0 %"), (50, "50 %"), (0, "100 %")], v => 100 * (1 - v));

    /// <summary>From zero to the next round number at or above the largest count.</summary>
    /// <param name="largest">The largest count.</param>
    public static ValueScale Counts(long largest)
    {
        double step = 1;
        while (step * 4 < largest)
        {
            // 1, 2, 5, 10, 20, 50 and so on.
            step *= Math.Round(step / Math.Pow(10, Math.Floor(Math.Log10(step)))) == 2 ? 2.5 : 2;
        }

        var steps = Math.Max(1, (int)Math.Ceiling(largest / step));
        var top = step * steps;
        return new ValueScale(
            [.. Enumerable.Range(0, steps + 1).Select(i => (100 * (1 - (i / (double)steps)), QuantityText.Count((long)(i * step))))],
            v => 100 * (1 - (v / top)));
    }

    /// <summary>From a round number at or below the lowest value to one at or above the highest.</summary>
    /// <param name="low">The lowest.</param>
    /// <param name="high">The highest.</param>
    public static ValueScale Values(double low, double high)
    {
        if (high <= low)
        {
            var room = Math.Max(Math.Abs(high) / 100, 1e-6);
            (low, high) = (low - room, high + room);
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10((high - low) / 4)));
        var step = power * (((high - low) / 4 / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        var bottom = Math.Floor(low / step) * step;
        var count = Math.Max(1, (int)Math.Ceiling((high - bottom) / step - 1e-9));
        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return new ValueScale(
            [.. Enumerable.Range(0, count + 1).Select(i => (100 * (1 - (i / (double)count)), (bottom + (i * step)).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)))],
            v => Math.Clamp(100 * (1 - ((v - bottom) / (count * step))), 0, 100));
    }

    /// <summary>Times by powers of ten that hold the shortest and the longest.</summary>
    /// <param name="shortest">The shortest.</param>
    /// <param name="longest">The longest.</param>
    public static ValueScale Times(TimeSpan shortest, TimeSpan longest)
    {
        var low = (int)Math.Floor(Exponent(shortest));
        var high = Math.Max(low + 1, (int)Math.Ceiling(Exponent(longest)));
        return new ValueScale(
            [.. Enumerable.Range(low, high - low + 1).Select(e => (100.0 * (high - e) / (high - low), Label(e)))],
            seconds => Math.Clamp(100 * (high - Math.Log10(Math.Max(1e-9, seconds))) / (high - low), 0, 100));
    }

    /// <summary>Where a value is, in percent from the top.</summary>
    /// <param name="value">The value; times in seconds.</param>
    public double FromTop(double value) => _fromTop(value);

    private static double Exponent(TimeSpan time) => Math.Log10(Math.Max(1, time.Ticks) / (double)TimeSpan.TicksPerSecond);

    private static string Label(int exponent)
    {
        var (unit, name) = exponent < -6 ? (-9, "ns") : exponent < -3 ? (-6, "µs") : exponent < 0 ? (-3, "ms") : (0, "s");
        return Math.Pow(10, exponent - unit).ToString("#,0", CultureInfo.InvariantCulture) + " " + name;
    }
}
