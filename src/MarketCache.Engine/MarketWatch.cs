using MarketCache.Engine.Calendars;
using MarketCache.Engine.Series;

namespace MarketCache.Engine;

/// <summary>Notifies subscribers when the markets of earlier requests open and close. Costs nothing without a subscriber.</summary>
internal sealed class MarketWatch : IDisposable
{
    private readonly SeriesRouter _router;
    private readonly Lazy<MarketClock> _clock;

    /// <param name="router">Knows which calendars are in use.</param>
    /// <param name="time">The clock.</param>
    public MarketWatch(SeriesRouter router, TimeProvider time)
    {
        _router = router;
        _clock = new Lazy<MarketClock>(() => new MarketClock(time));
        router.CalendarUsed += OnCalendarUsed;
    }

    /// <summary>A market opened.</summary>
    public event EventHandler<MarketEvent>? Opened
    {
        add => Clock().MarketOpened += value;
        remove => Clock().MarketOpened -= value;
    }

    /// <summary>A market closed.</summary>
    public event EventHandler<MarketEvent>? Closed
    {
        add => Clock().MarketClosed += value;
        remove => Clock().MarketClosed -= value;
    }

    /// <summary>Watches a market that no request has dealt with yet.</summary>
    /// <param name="calendar">The calendar.</param>
    public void Watch(TradingCalendar calendar) => Clock().Watch(calendar);

    /// <inheritdoc/>
    public void Dispose()
    {
        _router.CalendarUsed -= OnCalendarUsed;
        if (_clock.IsValueCreated)
        {
            _clock.Value.Dispose();
        }
    }

    private MarketClock Clock()
    {
        if (!_clock.IsValueCreated)
        {
            foreach (var calendar in _router.CalendarsInUse)
            {
                _clock.Value.Watch(calendar);
            }
        }

        return _clock.Value;
    }

    private void OnCalendarUsed(TradingCalendar calendar)
    {
        if (_clock.IsValueCreated)
        {
            _clock.Value.Watch(calendar);
        }
    }
}
