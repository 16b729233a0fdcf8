using MarketCache.Engine.Diagnostics;
using Polly;
using Polly.CircuitBreaker;

namespace MarketCache.Engine.Gateway;

/// <summary>The way to one provider: a queue, then for each try the budget, the breaker, the time limit and the call itself.</summary>
internal sealed class ProviderLane
{
    /// <summary>The id of the error of a call whose caller has gone.</summary>
    public const string CommandEnded = "CommandEnded";

    /// <summary>Stands for the answer to a fetch whose rows came from elsewhere while it waited.</summary>
    public static readonly ProviderResponse NotNeeded = new() { Series = [] };

    private const int DefaultConcurrency = 4;
    private const int DeepestNesting = 16;
    private static readonly AsyncLocal<PendingFetch?> Current = new();
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly ProviderEntry _entry;
    private readonly IMarketDataProvider _provider;
    private readonly GatewaySettings _settings;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IProviderCallObserver> _observers;
    private readonly int _concurrency;
    private readonly SemaphoreSlim _places;
    private readonly CircuitBreaker? _breaker;
    private readonly ProviderAccounts _accounts;
    private readonly ResiliencePipeline<ProviderResponse> _retry;
    private readonly ResiliencePipeline<ProviderResponse> _guard;
    private readonly CallCounts _counts;
    private readonly Action<string>? _warn;
    private readonly TimeSpan _farewell;
    private string? _warned;

    /// <param name="entry">The provider's registry entry.</param>
    /// <param name="options">What holds for all providers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="steady">The clock of elapsed time.</param>
    /// <param name="stateDirectory">Where budgets are shared; null for this process only.</param>
    /// <param name="before">The way to it under its earlier configuration, whose calls and failures count on; may be null.</param>
    /// <exception cref="MarketDataException">The provider cannot be made, or a setting is wrong.</exception>
    public ProviderLane(
        ProviderEntry entry,
        GatewayOptions options,
        TimeProvider time,
        SteadyTimeProvider steady,
        string? stateDirectory,
        ProviderLane? before)
    {
        _entry = entry;
        _settings = entry.Settings;
        _provider = entry.Provider;
        _time = time;
        _observers = options.Observers;
        _warn = options.Warn;
        _farewell = options.Farewell;
        _counts = before?._counts ?? new CallCounts();
        var isLocal = _provider.Capabilities.IsLocal;
        _concurrency = _settings.Concurrency ?? (isLocal ? Environment.ProcessorCount : DefaultConcurrency);
        _places = before is not null && before._concurrency == _concurrency ? before._places : new SemaphoreSlim(_concurrency);
        _breaker = isLocal || _settings.Breaker is not { } breaker ? null
            : before?._breaker is { } known && known.Settings == breaker && before._entry.AsksLike(entry) ? known
            : new CircuitBreaker(breaker, steady);
        _accounts = new ProviderAccounts(
            _provider,
            (key, ledger) => isLocal ? null
                : new BudgetLedger(
                    _settings.Budget, time, steady, stateDirectory is null ? null : new BudgetFile(stateDirectory, Name, key, _settings.Budget, options.Folder), ledger),
            before?._accounts);
        _retry = isLocal ? ResiliencePipeline<ProviderResponse>.Empty : GatewayPipelines.Retry(_settings, options, steady);
        _guard = GatewayPipelines.Guard(_breaker, _settings.Timeout ?? (isLocal ? null : DefaultTimeout), steady);
    }

    private string Name => _entry.Options.Name;

    /// <summary>Asks the provider.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="isWanted">Whether the call is still needed; asked after a wait for a budget or a cool-down. Null for always.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, or <see cref="NotNeeded"/>.</returns>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, Func<CancellationToken, ValueTask<bool>>? isWanted, CancellationToken cancellationToken)
    {
        Check(request);

        // Who asks on behalf of a fetch that goes this way already must not queue behind it.
        var outer = Current.Value;
        using var place = new LanePlace(_places);
        if (!IsWithin(outer, request))
        {
            await place.TakeAsync(cancellationToken).ConfigureAwait(false);
        }

        PendingFetch? fetch = null;
        try
        {
            Current.Value = fetch = new PendingFetch(request, _accounts.Current(), _settings.MaxWait, outer, this, place) { IsWanted = isWanted };
            return await _retry
                .ExecuteAsync(static (state, token) => state.Lane.TryAsync(state.Fetch, token), (Lane: this, Fetch: fetch), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (FinalException e)
        {
            throw e.Failure;
        }
        finally
        {
            fetch?.IsOver = true;
        }
    }

    /// <summary>
    /// Lends the places of the fetches on whose behalf the caller works, while it waits for one that others started: that one may wait
    /// for just these places.
    /// </summary>
    /// <returns>Ends the loan; null where there is nothing to lend.</returns>
    public static IDisposable? Lend() => Current.Value?.Lend();

    /// <summary>
    /// Says that the fetch on whose behalf the caller works is about to make a call. The first of each try has its place; further ones
    /// (pages, redirects, another address) wait for theirs.
    /// </summary>
    /// <returns>Whether it may; if not, the budget has no place for it within the bound on waiting.</returns>
    public static async Task<bool> TryCallAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (FinalException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="TryCallAsync"/>
    /// <exception cref="FinalException">The budget has no place for it within the bound on waiting.</exception>
    /// <exception cref="CoolDownBeganException">It would be the first of its try, and the provider asked to be left alone since it was admitted.</exception>
    public static async Task CallAsync(CancellationToken cancellationToken)
    {
        if (Current.Value is not { IsOver: false } fetch)
        {
            return;
        }

        if (!fetch.TakeFirst())
        {
            // What is waited for here counts against the time limit of the try.
            var patience = (fetch.Lane._settings.Timeout ?? DefaultTimeout) / 2;
            fetch.Add(await fetch.Lane.AdmitAsync(fetch, fetch.Patience < patience ? fetch.Patience : patience, cancellationToken).ConfigureAwait(false));
        }
        else if (fetch.Account.Ledger?.Snapshot().CoolDown > TimeSpan.Zero)
        {
            // Between admission and this moment a process loads what it needs to send.
            throw new CoolDownBeganException();
        }
    }

    /// <summary>Whether a call would be made within the bound on waiting.</summary>
    /// <param name="retryAt">When a call can be made (UTC), where it cannot be made at once.</param>
    public bool IsAvailable(out DateTime? retryAt)
    {
        var open = _breaker?.Wait ?? TimeSpan.Zero;
        var budget = _accounts.Current().Ledger?.Snapshot().Wait ?? TimeSpan.Zero;
        retryAt = RetryAt(open, budget);
        return open == TimeSpan.Zero && budget <= _settings.MaxWait;
    }

    /// <summary>How the provider is doing.</summary>
    public ProviderState State()
    {
        var capabilities = _provider.Capabilities;
        var open = _breaker?.Wait ?? TimeSpan.Zero;
        var ledger = _accounts.Current().Ledger;
        var budget = ledger?.Snapshot() ?? new BudgetSnapshot([], TimeSpan.Zero, TimeSpan.Zero);
        return _counts.ApplyTo(new ProviderState
        {
            Name = Name,
            Type = _entry.Options.Type,
            State = open > TimeSpan.Zero ? ProviderAvailability.BreakerOpen
                : budget.CoolDown > TimeSpan.Zero ? ProviderAvailability.CoolingDown
                : budget.BudgetWait > TimeSpan.Zero ? ProviderAvailability.OutOfBudget
                : ProviderAvailability.Ready,
            BudgetLeft = budget.Left,
            CoolDownUntil = budget.CoolDown > TimeSpan.Zero ? UtcNow() + budget.CoolDown : null,
            RetryAt = RetryAt(open, budget.Wait),
            IsSynthetic = capabilities.IsSynthetic,
            IsLocal = capabilities.IsLocal,
            DataTypes = [.. capabilities.Groups.SelectMany(group => group).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)],
            Warnings = ledger?.Warning is { } warning ? [warning] : [],
        });
    }

    /// <summary>Whether a fetch is made by this provider while it works on another.</summary>
    /// <exception cref="ProviderException">It works on the very same, or on too many one within the other: it would go on for ever.</exception>
    private bool IsWithin(PendingFetch? outer, ProviderRequest request)
    {
        var depth = 0;
        for (; outer is not null; outer = outer.Outer)
        {
            if (ReferenceEquals(outer.Lane, this) && !outer.IsOver && (++depth >= DeepestNesting || outer.Wants(request)))
            {
                throw Refusal.AsksItself(Name, request);
            }
        }

        return depth > 0;
    }

    private DateTime UtcNow() => _time.GetUtcNow().UtcDateTime;

    private DateTime? RetryAt(TimeSpan a, TimeSpan b)
    {
        var wait = a > b ? a : b;
        return wait > TimeSpan.Zero ? UtcNow() + wait : null;
    }

    private async ValueTask<ProviderResponse> TryAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        ProviderResponse? response;
        while ((response = await TryOnceAsync(fetch, cancellationToken).ConfigureAwait(false)) is null)
        {
        }

        return response;
    }

    /// <summary>Waits for a place and makes the call.</summary>
    /// <returns>The answer; null where nothing was sent because a cool-down began first.</returns>
    private async ValueTask<ProviderResponse?> TryOnceAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        if (_breaker?.Wait is { } open && open > TimeSpan.Zero)
        {
            throw new FinalException(Refusal.BreakerIsOpen(Name, fetch.Request, open, UtcNow(), _counts.LastError, null));
        }

        var patience = fetch.Patience;
        var admission = await AdmitAsync(fetch, patience, cancellationToken).ConfigureAwait(false);
        if (fetch.Patience < patience && fetch.IsWanted is { } isWanted && !await IsWantedAsync(fetch, isWanted, admission, cancellationToken).ConfigureAwait(false))
        {
            return NotNeeded;
        }

        fetch.BeginTry();
        var started = _time.GetTimestamp();
        using var activity = CacheActivities.StartProviderCall(Name, fetch.Request.DataType, fetch.Request.Ticker);
        try
        {
            var response = await _guard
                .ExecuteAsync(static (state, token) => state.Lane.AskAsync(state.Fetch, token), (Lane: this, Fetch: fetch), cancellationToken)
                .ConfigureAwait(false);
            Record(fetch, started, response, null);
            if (fetch.Account.Ledger is { } ledger)
            {
                await EndAsync(fetch, admission, CancellationToken.None).ConfigureAwait(false);
                await ledger.ChargeAsync(response.Calls - 1 - fetch.Further.Count).ConfigureAwait(false);
                await ledger.SucceedAsync().ConfigureAwait(false);
            }

            return response;
        }
        catch (BrokenCircuitException e)
        {
            // The breaker opened, or another call is trying whether the provider is back, while this one waited for its place.
            await ReleaseAsync(fetch, admission).ConfigureAwait(false);
            throw new FinalException(Refusal.BreakerIsOpen(Name, fetch.Request, e.RetryAfter ?? TimeSpan.Zero, UtcNow(), _counts.LastError, e));
        }
        catch (CoolDownBeganException)
        {
            await ReleaseAsync(fetch, admission).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(fetch, started, null, null);
            await BrieflyAsync(token => EndAsync(fetch, admission, token)).ConfigureAwait(false);
            throw;
        }
        catch (FinalException e)
        {
            // There was no place for a further call.
            CacheActivities.SetFailed(activity);
            Record(fetch, started, null, e.Failure.Message);
            await EndAsync(fetch, admission, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch (MarketDataException e) when (e is not ProviderException)
        {
            CacheActivities.SetFailed(activity);

            // That nobody waits any longer is no more the provider's failure than a cancelled call is.
            Record(fetch, started, null, e.ErrorId == CommandEnded ? null : e.Message);
            await EndAsync(fetch, admission, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            var failure = ProviderFailure.Translate(e, Name, fetch.Request, fetch.Account.Redactor);
            CacheActivities.SetFailed(activity);
            Record(fetch, started, null, failure.Message);
            await EndAsync(fetch, admission, CancellationToken.None).ConfigureAwait(false);
            failure = await CoolDownAsync(fetch, failure).ConfigureAwait(false);
            throw IsWorthRepeating(fetch, failure) ? failure : new FinalException(failure);
        }
    }

    private async ValueTask<ProviderResponse> AskAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own, so that a provider that blocks cannot block whoever asks; the caller's context flows with it.
            var call = Task.Run(() => _provider.FetchAsync(fetch.Request, cancellationToken), cancellationToken);
            ObserveLater(call);
            var response = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            return response?.Series?.All(static s => s is { DataType: not null, Rows: not null }) == true
                ? response
                : throw new InvalidDataException("the provider answered null");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // By the caller or by the time limit; the pipeline tells them apart.
            throw;
        }
        catch (Exception e) when (e is FinalException or CoolDownBeganException)
        {
            throw;
        }
        catch (MarketDataException e) when (e is not ProviderException)
        {
            // The provider judged the request itself: definitive.
            var message = fetch.Account.Redactor.Clean(e.Message);
            var inner = fetch.Account.Redactor.Clean(e.InnerException);
            if (message == e.Message && ReferenceEquals(inner, e.InnerException))
            {
                throw;
            }

            throw new MarketDataException(e.ErrorId, message, inner) { Target = e.Target };
        }
        catch (Exception e)
        {
            // Translated here already, because the breaker judges by the kind.
            throw ProviderFailure.Translate(e, Name, fetch.Request, fetch.Account.Redactor);
        }
    }

    private void Check(ProviderRequest request)
    {
        try
        {
            (_provider as IRequestCheck)?.Check(request);
        }
        catch (Exception e) when (e is not OperationCanceledException and (ProviderException or not MarketDataException))
        {
            throw ProviderFailure.Translate(e, Name, request, _accounts.Current().Redactor);
        }
    }

    private static async Task<bool> IsWantedAsync(
        PendingFetch fetch, Func<CancellationToken, ValueTask<bool>> isWanted, Admission admission, CancellationToken cancellationToken)
    {
        var wanted = false;
        try
        {
            wanted = await isWanted(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!wanted)
            {
                await ReleaseAsync(fetch, admission).ConfigureAwait(false);
            }
        }

        return wanted;
    }

    /// <summary>Waits for the place that budgets and cool-down give, within what is left of the fetch's patience.</summary>
    private async Task<Admission> AdmitAsync(PendingFetch fetch, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (fetch.Account.Ledger is not { } ledger)
        {
            return default;
        }

        var admission = await ledger.ReserveAsync(patience, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            WarnOnce(ledger.Warning);
            if (!admission.IsGranted)
            {
                throw new FinalException(Refusal.MustWait(Name, fetch.Request, admission, UtcNow(), _settings));
            }

            if (admission.Wait <= TimeSpan.Zero)
            {
                return admission;
            }

            try
            {
                // Timers count whole milliseconds and cut the fraction off: round up.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(admission.Wait.TotalMilliseconds)), _time, cancellationToken).ConfigureAwait(false);
                fetch.Patience -= admission.Wait;
                patience -= admission.Wait;
                admission = await ledger.TakeUpAsync(admission, patience, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await BrieflyAsync(token => ledger.ReleaseAsync(admission, token)).ConfigureAwait(false);
                throw;
            }
        }
    }

    private void WarnOnce(string? warning)
    {
        if (Interlocked.Exchange(ref _warned, warning) != warning && warning is not null)
        {
            _warn?.Invoke(warning);
        }
    }

    private static async Task ReleaseAsync(PendingFetch fetch, Admission admission)
    {
        if (fetch.Account.Ledger is { } ledger)
        {
            await ledger.ReleaseAsync(admission, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(PendingFetch fetch, Admission admission, CancellationToken cancellationToken)
    {
        if (fetch.Account.Ledger is { } ledger)
        {
            await ledger.EndAsync(admission, cancellationToken).ConfigureAwait(false);
            foreach (var further in fetch.Further)
            {
                await ledger.EndAsync(further, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Does what is left to do for a caller who has given up, and who must not wait for other processes because of it.</summary>
    private async Task BrieflyAsync(Func<CancellationToken, Task> finish)
    {
        using var brief = new CancellationTokenSource(_farewell);
        try
        {
            await finish(brief.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The place is wasted: it comes back with its window.
        }
    }

    /// <summary>Begins a cool-down where the failure asks for one; then the failure says how long it is.</summary>
    private static async Task<ProviderException> CoolDownAsync(PendingFetch fetch, ProviderException failure)
    {
        // A time in the past is none: it must not take the place of a pause.
        var length = failure.RetryAfter > TimeSpan.Zero ? failure.RetryAfter : null;
        if (fetch.Account.Ledger is { } ledger && (length is not null || failure.Kind == ProviderErrorKind.RateLimited))
        {
            length = await ledger.CoolDownAsync(length).ConfigureAwait(false);
        }

        return failure.RetryAfter == length
            ? failure
            : new ProviderException(failure.Kind, failure.Message, failure.InnerException) { RetryAfter = length, Provider = failure.Provider, Target = failure.Target };
    }

    private bool IsWorthRepeating(PendingFetch fetch, ProviderException failure) => failure.Kind switch
    {
        ProviderErrorKind.Unavailable or ProviderErrorKind.RateLimited => failure.RetryAfter is not { } wait || wait <= fetch.Patience,

        // Once: what was cut short comes whole, but what the service says by mistake it goes on saying, and so does a script.
        ProviderErrorKind.BadResponse => fetch.BadResponses++ == 0 && !_provider.Capabilities.NeedsCaller,
        _ => false,
    };

    private void Record(PendingFetch fetch, long started, ProviderResponse? response, string? error)
    {
        var elapsed = _time.GetElapsedTime(started);
        var calls = Math.Max(1 + fetch.Further.Count, response?.Calls ?? 1);
        var cost = _settings.CostPerCall * calls;
        _counts.Add(UtcNow(), elapsed, calls, cost, error);
        foreach (var observer in _observers)
        {
            observer.RecordProviderCall(Name, fetch.Request.DataType, elapsed, calls, response?.Bytes ?? 0, error is not null, cost);
        }
    }

    /// <summary>Sees to it that the failure of a call nobody waits for any more is not reported as unobserved.</summary>
    private static void ObserveLater(Task call) =>
        _ = call.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
