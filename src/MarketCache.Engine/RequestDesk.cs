using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Series;
using MarketCache.Engine.Series.Computed;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine;

/// <summary>Takes requests in: recalls earlier answers, walks the provider chain, sends computed types to their formula.</summary>
internal sealed class RequestDesk
{
    private readonly EngineRooms _rooms;
    private readonly ComputedSeries _computed;
    private readonly Resampler _resampler;

    /// <param name="rooms">The engine's rooms.</param>
    public RequestDesk(EngineRooms rooms)
    {
        _rooms = rooms;
        _computed = new ComputedSeries(AnswerAsync, rooms.Router, rooms.Time);
        _resampler = new Resampler(rooms.Router, rooms.Reader, rooms.Time);
    }

    /// <summary>An earlier answer to the same question from memory, if it still holds.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="answer">The answer.</param>
    public bool TryRecall(DataRequest request, FetchPolicy? policy, [NotNullWhen(true)] out MarketSeries? answer)
    {
        answer = null;
        if ((policy is not null && policy != FetchPolicy.Default) || request.Parameters.Count > 0 || request.ExtendedHours is not null || _rooms.Router.Recall(request) is not { } route)
        {
            return false;
        }

        var started = _rooms.Time.GetTimestamp();
        var now = _rooms.Time.GetUtcNow().UtcTicks;
        if (_rooms.Tiers.Recall(route.FeedKey) is not { } feed || feed.Answers?.Find(route.Type.Name, request.Start, request.End, now) is not { } known)
        {
            return false;
        }

        _rooms.Tiers.NoteUse(feed, now);
        answer = WithReach(new MarketSeries(request, known.Rows, known.Status with { TotalTime = _rooms.Time.GetElapsedTime(started) }));
        var outcome = Count(request, route.Type.Name, answer.Status);
        if (CacheActivities.HasListeners)
        {
            CacheActivities.AddRequest(request.Ticker, _rooms.Time.GetUtcNow(), outcome);
        }

        return true;
    }

    /// <summary>Answers a request and counts it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries> ServeAsync(DataRequest request, FetchPolicy policy, CancellationToken cancellationToken)
    {
        var started = _rooms.Time.GetTimestamp();
        using var activity = CacheActivities.StartRequest(request.DataType, request.Ticker);
        try
        {
            var answer = WithReach(await AnswerAsync(request, policy, cancellationToken).ConfigureAwait(false));
            CacheActivities.SetOutcome(activity, Count(request, _rooms.Types.Get(request.DataType).Name, answer.Status));
            return answer;
        }
        catch (MarketDataException error)
        {
            var outcome = new RequestOutcome
            {
                DataType = _rooms.Types.TryGet(request.DataType, out var type) ? type.Name : "unknown",
                Result = RequestResult.Error,
                Source = error is ProviderException ? AnswerSource.Provider : AnswerSource.Memory,
                Elapsed = _rooms.Time.GetElapsedTime(started),
            };
            _rooms.Metrics.RecordRequest(outcome);
            _rooms.Log.Failed(request, error);
            CacheActivities.SetOutcome(activity, outcome);
            throw;
        }
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<MarketSeries> AnswerAsync(DataRequest request, FetchPolicy policy, CancellationToken cancellationToken) =>
        AnswerAsync(request, new RequestTerms(policy, _rooms.Time.GetUtcNow().UtcTicks), cancellationToken);

    /// <summary>Answers a request, or a part of one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries> AnswerAsync(DataRequest request, RequestTerms terms, CancellationToken cancellationToken)
    {
        var policy = terms.Policy;
        var type = _rooms.Types.Get(request.DataType);
        Check(request, policy);
        request = Vintage.Clip(request, DateOnly.FromDateTime(_rooms.Time.GetUtcNow().UtcDateTime));
        if (type.Computed is not null)
        {
            return await _computed.AnswerAsync(request, type, terms, cancellationToken).ConfigureAwait(false);
        }

        var chain = _rooms.Router.ChainOf(request, type);
        ProviderException? first = null;
        for (var i = 0; i < chain.Count; i++)
        {
            try
            {
                var route = _rooms.Router.Resolve(request, chain[i], isFirst: i == 0);
                var answer = await ReadAsync(request, route, terms, chain.Count == 1, cancellationToken).ConfigureAwait(false);
                var learned = _rooms.Router.Resolve(request, chain[i], isFirst: i == 0);
                if (learned.Calendar.Id != route.Calendar.Id)
                {
                    // The provider named the ticker's exchange: its sessions decide, not the assumed ones.
                    answer = await ReadAsync(request, learned, terms, chain.Count == 1, cancellationToken).ConfigureAwait(false);
                }

                return first is null ? answer : SayFallback(answer, first);
            }
            catch (ProviderException error) when (chain.Count > 1)
            {
                first ??= error;
            }
            catch (MarketDataException error) when (error is not ProviderException && i + 1 < chain.Count && (policy.Offline || i > 0 || error.ErrorId == "ProviderDisabled"))
            {
                // Nothing cached of this provider, or it is disabled or cannot answer such a request: the next one may.
            }
        }

        return await ServeStaleAsync(request, chain, first!, cancellationToken).ConfigureAwait(false);
    }

    private RequestOutcome Count(DataRequest request, string dataType, SeriesStatus status)
    {
        var outcome = RequestOutcome.Of(dataType, status);
        _rooms.Metrics.RecordRequest(outcome);
        if (_rooms.Log.WritesAnswers)
        {
            _rooms.Log.Answered(request, outcome);
        }

        if (status.ProviderCalls == 0 && status.RowsFromProvider == 0)
        {
            _rooms.Metrics.RecordAvoided(status.Provider, _rooms.Gateway.CostPerCall(status.Provider));
        }

        return outcome;
    }

    private static MarketSeries SayFallback(MarketSeries series, ProviderException first) => new(
        series.Request,
        series.Rows,
        series.Status with { Warnings = [.. series.Status.Warnings, $"{series.Request.Ticker ?? series.Request.DataType}: answered by {series.Status.Provider}, because {first.Message}"] });

    private static void Check(DataRequest request, FetchPolicy policy)
    {
        if (request.Start > request.End)
        {
            throw new MarketDataException(
                "InvalidRange", $"The range starts on {request.Start:yyyy-MM-dd}, after its end on {request.End:yyyy-MM-dd}. Swap -Start and -End.")
            {
                Target = request.Ticker ?? request.DataType,
            };
        }

        if (policy is { Force: true, Offline: true })
        {
            throw new MarketDataException("InvalidPolicy", "Force calls the provider and Offline forbids it. Use only one of them.");
        }

        if (policy.MaxAge < TimeSpan.Zero)
        {
            throw new MarketDataException("InvalidPolicy", $"MaxAge is {policy.MaxAge:c}, but it cannot be negative. Use zero or more.");
        }
    }

    private async ValueTask<MarketSeries> ReadAsync(
        DataRequest request, SeriesRoute route, RequestTerms terms, bool mayServeStale, CancellationToken cancellationToken) =>
        Resampler.Applies(route)
            ? await _resampler.ReadAsync(request, route, terms, mayServeStale, cancellationToken).ConfigureAwait(false)
            : WithinHours(await _rooms.Reader.ReadAsync(request, route, terms, mayServeStale, cancellationToken).ConfigureAwait(false), route);

    /// <summary>An answer without the bars from outside the sessions, where the request wants none and the provider does not leave them out itself.</summary>
    private static MarketSeries WithinHours(MarketSeries answer, SeriesRoute route)
    {
        if (answer.Request.ExtendedHours != false || !route.Frequency.IsIntraday || route.Capabilities.HasExtendedHours)
        {
            return answer;
        }

        var sessions = route.Calendar.Sessions;
        var kept = new List<int>(answer.Rows.RowCount);
        for (var row = 0; row < answer.Rows.RowCount; row++)
        {
            var key = RowKeys.At(answer.Rows, row);
            if (sessions.IndexOpenedAtOrBefore(key) is >= 0 and var session && key < sessions.CloseTicks[session])
            {
                kept.Add(row);
            }
        }

        var status = answer.Status;
        var fromProvider = Math.Min(kept.Count, status.RowsFromProvider);
        var fromDisk = Math.Min(kept.Count - fromProvider, status.RowsFromDisk);
        return kept.Count == answer.Rows.RowCount ? answer : new MarketSeries(answer.Request, answer.Rows.Take(CollectionsMarshal.AsSpan(kept)), status with
        {
            RowsFromProvider = fromProvider,
            RowsFromDisk = fromDisk,
            RowsFromMemory = kept.Count - fromProvider - fromDisk,
            ProvisionalRows = Math.Min(kept.Count, status.ProvisionalRows),
        });
    }

    /// <summary>
    /// An answer that says where its last bar reaches past the range: bars of weeks and longer are of whole periods, and whoever tests a strategy
    /// on them would look ahead.
    /// </summary>
    private MarketSeries WithReach(MarketSeries answer)
    {
        var request = answer.Request;
        if (answer.Rows.RowCount == 0 || request.Frequency == Frequency.Daily.Name || !Frequency.TryParse(request.Frequency, out var frequency)
            || frequency.Rank <= Frequency.Daily.Rank || answer.Rows.Columns[0].Kind != ColumnKind.Date || !_rooms.Router.Calendars.TryGet(answer.Status.Calendar, out var calendar))
        {
            return answer;
        }

        var first = DateOnly.FromDayNumber((int)RowKeys.At(answer.Rows, answer.Rows.RowCount - 1));
        var last = GroupedPeriods.LastDayOf(first, frequency);
        var sessions = calendar.Sessions;
        var next = sessions.IndexAtOrAfter(request.End.AddDays(last > request.End ? 1 : 0));
        var newest = Math.Min(sessions.IndexAtOrBefore(last), sessions.IndexOpenedAtOrBefore(_rooms.Time.GetUtcNow().UtcTicks));
        return last <= request.End || newest < next || _rooms.Types.Get(request.DataType).Shape == DataShape.Events ? answer
            : new MarketSeries(request, answer.Rows, answer.Status with
            {
                Warnings =
                [
                    .. answer.Status.Warnings,
                    $"{request.Ticker ?? request.DataType}: the {frequency.Name} row of {first:yyyy-MM-dd} holds the whole period up to {sessions[newest].Day:yyyy-MM-dd}, past the end of the range, {request.End:yyyy-MM-dd}.",
                ],
            });
    }

    /// <summary>Every provider of the chain has failed: the first that has rows answers from the cache, and says so.</summary>
    private async ValueTask<MarketSeries> ServeStaleAsync(
        DataRequest request, IReadOnlyList<string> chain, ProviderException error, CancellationToken cancellationToken)
    {
        for (var i = 0; i < chain.Count; i++)
        {
            try
            {
                var route = _rooms.Router.Resolve(request, chain[i], isFirst: i == 0);
                if (await _rooms.Reader.TryServeStaleAsync(request, route, error, cancellationToken).ConfigureAwait(false) is { } answer)
                {
                    return answer;
                }
            }
            catch (MarketDataException)
            {
                // This provider cannot answer such a request at all.
            }
        }

        throw error;
    }
}
