namespace MarketCache.Engine.Providers.Sample;

/// <summary>
/// The made-up company behind a ticker: a price path, quarterly dividends and one split, all functions of the name and the day
/// alone. Prices and dividends are in the shares of after the split.
/// </summary>
internal sealed class SampleTicker
{
    private const int Reference = 737424; // 2020-01-01, where the price is near its base
    private readonly ulong _seed;
    private readonly int _base;
    private readonly int _growth;
    private readonly int _volume;

    public SampleTicker(string ticker)
    {
        _seed = SampleHash.Seed(ticker);
        _base = 4000 + SampleHash.Below(_seed, 1, 36000);
        _growth = 10 + SampleHash.Below(_seed, 2, 15);
        _volume = 1000 + SampleHash.Below(_seed, 3, 40000);
        SplitRatio = 2 + SampleHash.Below(_seed, 4, 3);
        SplitDay = new DateOnly(2006, 1, 1).AddDays(SampleHash.Below(_seed, 5, 14 * 365));
        DividendMonth = 1 + SampleHash.Below(_seed, 6, 3);
        DividendDay = 3 + SampleHash.Below(_seed, 7, 24);
        DividendYield = 25 + SampleHash.Below(_seed, 8, 60);
    }

    /// <summary>The day before which there are no rows.</summary>
    public static DateOnly Listed { get; } = new(1990, 1, 2);

    /// <summary>New shares for one old: 2, 3 or 4.</summary>
    public int SplitRatio { get; }

    /// <summary>The split takes effect at the first session from this day.</summary>
    public DateOnly SplitDay { get; }

    /// <summary>The month of the year's first dividend; the others follow every three months.</summary>
    public int DividendMonth { get; }

    /// <summary>Shares trade without the dividend from the first session from this day of the month.</summary>
    public int DividendDay { get; }

    private int DividendYield { get; }

    /// <summary>The days from which dividends are due, ascending, in a stretch of days.</summary>
    public IEnumerable<DateOnly> DividendDays(DateOnly start, DateOnly end)
    {
        for (var year = start.Year; year <= end.Year; year++)
        {
            for (var month = DividendMonth; month <= 12; month += 3)
            {
                var day = new DateOnly(year, month, DividendDay);
                if (day >= start && day <= end)
                {
                    yield return day;
                }
            }
        }
    }

    /// <summary>The dividend due from a day, in ten-thousandths of a dollar per share.</summary>
    public long Dividend(DateOnly due) => Math.Max(1, Close(due.DayNumber - 1) * DividendYield / 100);

    /// <summary>The whole day's bar.</summary>
    public SampleBar Day(DateOnly date)
    {
        var day = date.DayNumber;
        var close = Close(day);
        var open = Math.Max(1, ((3 * Close(day - 1)) + close) / 4);
        var high = Math.Max(open, close) + (close * SampleHash.Below(_seed, (8L * day) + 1, 100) / 10000);
        var low = Math.Max(1, Math.Min(open, close) - (close * SampleHash.Below(_seed, (8L * day) + 2, 100) / 10000));
        var volume = 12L * _volume * (50 + SampleHash.Below(_seed, (8L * day) + 3, 150));
        return new SampleBar(open, high, low, close, volume);
    }

    /// <summary>The bars of the first <paramref name="count"/> of the <paramref name="minutes"/> minutes of a day; all of them together make the day's bar.</summary>
    public SampleBar[] Minutes(DateOnly date, int minutes, int count)
    {
        var day = Day(date);
        var seed = SampleHash.Mix(_seed, (8L * date.DayNumber) + 4);
        var highAt = SampleHash.Below(seed, -1, minutes);
        var lowAt = SampleHash.Below(seed, -2, minutes);
        var bars = new SampleBar[count];
        var previous = day.Open;
        long volume = 0;
        for (var minute = 0; minute < count; minute++)
        {
            // Straight from open to close, with a wobble that is nothing at both ends.
            var ends = Math.Min(minute + 1, minutes - minute - 1);
            var wobble = SampleHash.Path(seed, minute, 30, (int)Math.Min(int.MaxValue / 4, (day.High - day.Low) / 2)) * ends / minutes;
            var straight = day.Open + ((day.Close - day.Open) * (minute + 1) / minutes);
            var close = minute == minutes - 1 ? day.Close : Math.Clamp(straight + wobble, day.Low, day.High);
            var upTo = day.Volume * (minute + 1) / minutes;
            bars[minute] = new SampleBar(
                previous,
                minute == highAt ? day.High : Math.Max(previous, close),
                minute == lowAt ? day.Low : Math.Min(previous, close),
                close,
                upTo - volume);
            previous = close;
            volume = upTo;
        }

        return bars;
    }

    private long Close(int day)
    {
        var exponent = (long)_growth * (day - Reference);
        var height = 800;
        for (var scale = 1; scale <= 1024; scale *= 4, height *= 2)
        {
            exponent += SampleHash.Path(_seed, day, scale, height);
        }

        return Math.Max(1, SampleHash.Scale(_base, exponent));
    }
}
