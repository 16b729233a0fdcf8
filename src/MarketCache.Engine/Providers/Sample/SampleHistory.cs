using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Sample;

/// <summary>The rows of one made-up company as they stand at one moment.</summary>
internal sealed class SampleHistory
{
    private readonly SampleTicker _ticker;
    private readonly ProviderRequest _request;
    private readonly DateTime _now;
    private readonly IReadOnlyList<SampleSession> _sessions;
    private readonly DateOnly? _split;
    private readonly bool _splitIsDone;

    public SampleHistory(SampleTicker ticker, SampleSessions sessions, ProviderRequest request, DateTime now)
    {
        _ticker = ticker;
        _request = request with { End = LastDay(request.End, now) };
        _now = now;

        // From the first day needed to the present: what is adjusted depends on all that came after.
        var start = request.Start < SampleTicker.Listed ? SampleTicker.Listed : request.Start;
        var first = DateOnly.FromDayNumber(Math.Max(SampleTicker.Listed.DayNumber, start.DayNumber - 370));
        _sessions = sessions.Between(request.Calendar, first, LastDay(DateOnly.MaxValue, now));
        var split = SessionFrom(sessions.Between(request.Calendar, ticker.SplitDay, ticker.SplitDay.AddDays(14)), ticker.SplitDay);
        _split = split?.Day;
        _splitIsDone = split is { } done && done.Open <= now;
    }

    /// <summary>The last day that can have opened anywhere.</summary>
    public static DateOnly LastDay(DateOnly end, DateTime now)
    {
        var today = DateOnly.FromDateTime(now).AddDays(1);
        return end < today ? end : today;
    }

    /// <summary>Every series by day.</summary>
    public List<ProviderSeries> Daily()
    {
        var bars = Bars(_request.Start, _request.End);
        var adjusted = Adjusted();
        return [.. BarSeries(bars, adjusted), .. EventSeries()];
    }

    /// <summary>Bars of longer periods, keyed by the period's first day; each holds the whole period as far as it has come.</summary>
    public List<ProviderSeries> Periods()
    {
        var periods = new List<(DateOnly Day, SampleBar Bar)>();
        var adjustedBySession = Adjusted();
        var adjusted = new Dictionary<DateOnly, double>();
        foreach (var (day, bar) in Bars(BarPeriod.FirstDay(_request.Start, _request.Frequency), BarPeriod.LastDay(_request.End, _request.Frequency)))
        {
            var period = BarPeriod.FirstDay(day, _request.Frequency);
            if (period < _request.Start || period > _request.End)
            {
                continue;
            }

            if (periods.Count > 0 && periods[^1].Day == period)
            {
                periods[^1] = (period, periods[^1].Bar.Then(bar));
            }
            else
            {
                periods.Add((period, bar));
            }

            adjusted[period] = adjustedBySession[day];
        }

        return [.. BarSeries(periods, adjusted), .. EventSeries()];
    }

    /// <summary>Bars and volumes of a number of minutes, counted from the session's open.</summary>
    public List<ProviderSeries> Intraday(int minutes, CancellationToken cancellationToken)
    {
        var times = new List<DateTime>();
        var bars = new List<SampleBar>();
        foreach (var session in Opened(_request.Start, _request.End))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = session.MinutesUntil(_now);
            var single = _ticker.Minutes(session.Day, session.Minutes, count);
            for (int at = 0, end; at < count; at = end)
            {
                // A bar that reaches into the lunch break ends with it.
                end = Math.Min(at + minutes, at < session.MinutesBeforeBreak ? Math.Min(session.MinutesBeforeBreak, count) : count);
                var bar = single[at];
                for (var i = at + 1; i < end; i++)
                {
                    bar = bar.Then(single[i]);
                }

                times.Add(session.TimeOf(at));
                bars.Add(Unadjusted(session.Day) ? bar.BeforeSplit(_ticker.SplitRatio) : bar);
            }
        }

        return
        [
            new ProviderSeries("OHLCV", Table(MarketColumn.OfInstants(MarketTable.TimeColumn, [.. times]), bars)),
            new ProviderSeries("VOLUME", new MarketTable(
                MarketColumn.OfInstants(MarketTable.TimeColumn, [.. times]),
                MarketColumn.OfDoubles("Value", [.. bars.Select(b => (double)b.Volume)]))),
        ];
    }

    private IEnumerable<ProviderSeries> EventSeries()
    {
        var dividends = Dividends().Where(d => d.Ex.Day >= _request.Start && d.Ex.Day <= _request.End).ToList();
        List<DateOnly> splits = _splitIsDone && _split is { } day && day >= _request.Start && day <= _request.End ? [day] : [];
        yield return Values("DIVIDEND", [.. dividends.Select(d => d.Ex.Day)], [.. dividends.Select(d => DividendShares(d.Ex.Day) * d.Amount / 10000.0)]);
        yield return Values("SPLIT", splits, [.. splits.Select(_ => (double)_ticker.SplitRatio)]);
    }

    private static List<ProviderSeries> BarSeries(List<(DateOnly Day, SampleBar Bar)> bars, Dictionary<DateOnly, double> adjusted)
    {
        List<DateOnly> days = [.. bars.Select(b => b.Day)];
        return
        [
            new ProviderSeries("OHLCV", Table(MarketColumn.OfDates(MarketTable.DateColumn, [.. days]), [.. bars.Select(b => b.Bar)])),
            Values("ADJUSTED_CLOSE", days, [.. days.Select(d => adjusted[d])]),
            Values("VOLUME", days, [.. bars.Select(b => (double)b.Bar.Volume)]),
        ];
    }

    private static MarketTable Table(MarketColumn key, List<SampleBar> bars) => new(
        key,
        MarketColumn.OfDoubles("Open", [.. bars.Select(b => b.Open / 100.0)]),
        MarketColumn.OfDoubles("High", [.. bars.Select(b => b.High / 100.0)]),
        MarketColumn.OfDoubles("Low", [.. bars.Select(b => b.Low / 100.0)]),
        MarketColumn.OfDoubles("Close", [.. bars.Select(b => b.Close / 100.0)]),
        MarketColumn.OfLongs("Volume", [.. bars.Select(b => b.Volume)]));

    private static ProviderSeries Values(string dataType, List<DateOnly> days, double[] values) => new(dataType, new MarketTable(
        MarketColumn.OfDates(MarketTable.DateColumn, [.. days]),
        MarketColumn.OfDoubles("Value", values)));

    private static SampleSession? SessionFrom(IReadOnlyList<SampleSession> sessions, DateOnly day)
    {
        int low = 0, high = sessions.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sessions[middle].Day < day)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < sessions.Count ? sessions[low] : null;
    }

    private IEnumerable<SampleSession> Opened(DateOnly start, DateOnly end) =>
        _sessions.Where(s => s.Day >= start && s.Day <= end && s.Open.AddMinutes(1) <= _now);

    private List<(DateOnly Day, SampleBar Bar)> Bars(DateOnly start, DateOnly end)
    {
        var bars = new List<(DateOnly, SampleBar)>();
        foreach (var session in Opened(start, end))
        {
            var bar = session.Close <= _now ? _ticker.Day(session.Day) : SoFar(session);
            bars.Add((session.Day, Unadjusted(session.Day) ? bar.BeforeSplit(_ticker.SplitRatio) : bar));
        }

        return bars;
    }

    private SampleBar SoFar(SampleSession session)
    {
        var minutes = _ticker.Minutes(session.Day, session.Minutes, session.MinutesUntil(_now));
        var bar = minutes[0];
        for (var i = 1; i < minutes.Length; i++)
        {
            bar = bar.Then(minutes[i]);
        }

        return bar;
    }

    /// <summary>Whether a day's prices still count the old shares: the split is to come.</summary>
    private bool Unadjusted(DateOnly day) => !_splitIsDone && (_split is not { } split || day < split);

    private int DividendShares(DateOnly day) => Unadjusted(day) ? _ticker.SplitRatio : 1;

    private List<(SampleSession Ex, long Amount)> Dividends()
    {
        var dividends = new List<(SampleSession, long)>();
        if (_sessions.Count == 0)
        {
            return dividends;
        }

        // A due day on the weekend before the first session falls on that session.
        foreach (var due in _ticker.DividendDays(_sessions[0].Day.AddDays(-14), _sessions[^1].Day))
        {
            if (SessionFrom(_sessions, due) is { } ex && ex.Open <= _now && (ex.Day != _sessions[0].Day || due == ex.Day))
            {
                dividends.Add((ex, _ticker.Dividend(due)));
            }
        }

        return dividends;
    }

    private Dictionary<DateOnly, double> Adjusted()
    {
        var dividends = Dividends();
        var next = dividends.Count - 1;
        var factor = 1.0;
        var adjusted = new Dictionary<DateOnly, double>(_sessions.Count);
        for (var i = _sessions.Count - 1; i >= 0; i--)
        {
            var session = _sessions[i];
            if (session.Open.AddMinutes(1) > _now)
            {
                continue;
            }

            var bar = session.Close <= _now ? _ticker.Day(session.Day) : SoFar(session);
            while (next >= 0 && session.Day < dividends[next].Ex.Day)
            {
                factor *= 1 - (dividends[next].Amount / (100.0 * bar.Close));
                next--;
            }

            var shares = Unadjusted(session.Day) ? _ticker.SplitRatio : 1;
            adjusted[session.Day] = Math.Round(shares * bar.Close / 100.0 * factor, 4);
        }

        return adjusted;
    }
}
