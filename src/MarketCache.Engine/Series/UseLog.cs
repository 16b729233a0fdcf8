using System.Collections.Concurrent;

namespace MarketCache.Engine.Series;

/// <summary>
/// Notes with each feed which of its types users request, and up to which day. Refreshing ahead depends on that, not on what was
/// merely touched. A note a day and type is enough; it is written in the background.
/// </summary>
internal sealed class UseLog : IAsyncDisposable
{
    private const int DaysRemembered = 30;
    private readonly FeedTiers _tiers;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Feed, string Type), Task> _writing = new();
    private volatile bool _isClosed;

    /// <param name="tiers">Where feeds are.</param>
    /// <param name="time">The clock.</param>
    public UseLog(FeedTiers tiers, TimeProvider time)
    {
        _tiers = tiers;
        _time = time;
    }

    /// <summary>A view with the note that a user requested it.</summary>
    /// <param name="view">The view.</param>
    /// <param name="range">The days requested.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    /// <returns>The view itself if it has been noted already.</returns>
    public static FeedView Noted(FeedView view, DateRange range, long now)
    {
        var day = (int)(now / TimeSpan.TicksPerDay);
        var to = range.End.DayNumber >= day - 1 ? int.MaxValue : range.End.DayNumber;

        // What was requested up to the newest day, long ago, is not requested so for ever.
        var through = Math.Max(to, day - view.AskedOn > DaysRemembered ? 0 : view.AskedTo);
        return view.AskedOn >= day && view.AskedTo >= to ? view : view with { AskedOn = Math.Max(day, view.AskedOn), AskedTo = through };
    }

    /// <summary>Notes a request that was answered without a fetch.</summary>
    /// <param name="feed">The feed that answered it.</param>
    /// <param name="route">The type's route.</param>
    /// <param name="range">The days requested.</param>
    public void Note(Feed feed, SeriesRoute route, DateRange range)
    {
        var now = _time.GetUtcNow().UtcTicks;
        if (_isClosed || feed.Find(route.Type.Name) is not { } view || ReferenceEquals(view, Noted(view, range, now)))
        {
            return;
        }

        var name = (feed.Key, view.Type);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_writing.TryAdd(name, gate.Task))
        {
            _ = Task.Run(() => WriteAsync(name, range, now, gate));
        }
    }

    /// <summary>Completes when every note taken so far is written.</summary>
    public Task WhenIdle() => Task.WhenAll(_writing.Values);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await WhenIdle().ConfigureAwait(false);
    }

    private async Task WriteAsync((string Feed, string Type) name, DateRange range, long now, TaskCompletionSource gate)
    {
        try
        {
            await _tiers.UpdateAsync(
                name.Feed,
                isWhole: false,
                feed => feed.Find(name.Type) is { } view && Noted(view, range, now) is var noted && !ReferenceEquals(noted, view) ? feed.With(noted) : null,
                CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.TryRemove(name, out _);
            gate.SetResult();
        }
    }
}
