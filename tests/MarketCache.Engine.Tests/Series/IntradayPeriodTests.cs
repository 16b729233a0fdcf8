using MarketCache.Engine.Calendars;
using MarketCache.Engine.Series;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Bars that are counted are the bars that would be laid out.</summary>
public sealed class IntradayPeriodTests
{
    [Theory]
    [InlineData("XNYS", 1)]
    [InlineData("XNYS", 60)]
    [InlineData("XTKS", 30)]
    [InlineData("XTKS", 60)]
    [InlineData("XHKG", 15)]
    [InlineData("24/7", 60)]
    [InlineData("24/5", 5)]
    public void Counted_bars_are_those_of_the_sessions(string calendar, int minutes)
    {
        var sessions = new CalendarCatalog().Get(calendar).Sessions;
        var length = TimeSpan.FromMinutes(minutes).Ticks;
        var periods = new IntradayPeriods(sessions, TimeSpan.FromMinutes(minutes));
        var from = sessions.IndexAtOrAfter(new DateOnly(2018, 11, 19));
        var to = sessions.IndexAtOrAfter(new DateOnly(2019, 1, 15));
        var index = periods.IndexAtOrAfter(sessions.OpenTicks[from]);
        var before = periods.Key(index - 1);
        for (var session = from; session < to; session++)
        {
            var (open, close) = (sessions.OpenTicks[session], sessions.CloseTicks[session]);
            var (pause, resume) = (sessions.BreakStartTicks[session], sessions.BreakEndTicks[session]);
            foreach (var (start, stop) in pause == 0 ? ((long, long)[])[(open, close)] : [(open, pause), (resume, close)])
            {
                for (var at = start; at < stop; at += length, index++)
                {
                    Assert.Equal((at, Math.Min(at + length, stop)), (periods.Key(index), periods.CloseTicks(index)));
                    Assert.Equal(sessions.DayNumbers[session], periods.FirstDay(index).DayNumber);
                    Assert.Equal(index, periods.IndexAtOrAfter(at));
                    Assert.Equal(index + 1, periods.IndexAtOrAfter(at + 1));
                    Assert.Equal(index, periods.IndexAtOrAfter(before + 1));
                    Assert.Equal((index, index + 1), (periods.FirstUnopened(at - 1), periods.FirstUnopened(at)));
                    before = at;
                }
            }
        }

        Assert.Equal(0, periods.IndexAtOrAfter(0));
        Assert.Equal(periods.Count, periods.IndexAtOrAfter(long.MaxValue));
        Assert.Equal(periods.Count, periods.FirstUnopened(long.MaxValue));
        Assert.Equal(periods.Count - 1, periods.IndexAtOrAfter(periods.Key(periods.Count - 1)));
    }
}
