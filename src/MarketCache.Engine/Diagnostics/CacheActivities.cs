using System.Diagnostics;

namespace MarketCache.Engine.Diagnostics;

/// <summary>The activity source <c>MarketCache</c>: one span per request and one per provider call. Null when nobody listens.</summary>
internal static class CacheActivities
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "MarketCache";

    private static readonly ActivitySource Source = new(SourceName, typeof(CacheActivities).Assembly.GetName().Version?.ToString(3));

    /// <summary>Whether anybody listens.</summary>
    public static bool HasListeners => Source.HasListeners();

    /// <summary>Begins the span of a request.</summary>
    /// <param name="dataType">The data type.</param>
    /// <param name="ticker">The ticker, or null.</param>
    public static Activity? StartRequest(string dataType, string? ticker)
    {
        var activity = Source.StartActivity("marketcache.request");
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("marketcache.data_type", dataType);
            activity.SetTag("marketcache.ticker", ticker);
        }

        return activity;
    }

    /// <summary>Writes a request's outcome on its span.</summary>
    /// <param name="activity">The span, or null.</param>
    /// <param name="outcome">The outcome.</param>
    public static void SetOutcome(Activity? activity, in RequestOutcome outcome)
    {
        if (activity is not { IsAllDataRequested: true })
        {
            return;
        }

        activity.SetTag("marketcache.result", CounterNames.NameOf(outcome.Result));
        activity.SetTag("marketcache.source", CounterNames.NameOf(outcome.Source));
        activity.SetTag("marketcache.stale", outcome.IsStale);
        activity.SetTag(
            "marketcache.rows", outcome.RowsFromMemory + outcome.RowsFromDisk + outcome.RowsFromShared + outcome.RowsFromProvider);
        if (outcome.Result == RequestResult.Error)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Creates the span of a request that was answered before anybody was asked whether they listen.</summary>
    /// <param name="ticker">The ticker, or null.</param>
    /// <param name="ended">When it was answered.</param>
    /// <param name="outcome">The outcome.</param>
    public static void AddRequest(string? ticker, DateTimeOffset ended, in RequestOutcome outcome)
    {
        using var activity = StartRequest(outcome.DataType, ticker);
        activity?.SetStartTime((ended - outcome.Elapsed).UtcDateTime);
        activity?.SetEndTime(ended.UtcDateTime);
        SetOutcome(activity, outcome);
    }

    /// <summary>Marks a span as failed.</summary>
    /// <param name="activity">The span, or null.</param>
    public static void SetFailed(Activity? activity) => activity?.SetStatus(ActivityStatusCode.Error);

    /// <summary>Begins the span of a provider call.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="dataType">The data type.</param>
    /// <param name="ticker">The ticker, or null.</param>
    public static Activity? StartProviderCall(string provider, string dataType, string? ticker)
    {
        var activity = Source.StartActivity("marketcache.provider.call", ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("marketcache.provider", provider);
            activity.SetTag("marketcache.data_type", dataType);
            activity.SetTag("marketcache.ticker", ticker);
        }

        return activity;
    }
}
