using System.Globalization;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace MarketCache.Engine.Providers.Gateway;

/// <summary>The way to one provider: a queue, then for each try the budget, the breaker, the time limit and the call itself.</summary>
internal sealed class ProviderLane
{
    private const int DefaultConcurrency = 4;
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestRetryDelay = TimeSpan.FromSeconds(30);

    private readonly ProviderEntry _entry;
    private readonly IMarketDataProvider _provider;
    private readonly GatewaySettings _settings;
    private readonly TimeProvider _time;
    private readonly IGatewayObserver? _observer;
    private readonly SecretRedactor _redactor;
    private readonly SemaphoreSlim _places;
    private readonly CircuitBreaker? _breaker;
    private readonly BudgetLedger? _ledger;
    private readonly ResiliencePipeline<ProviderResponse> _retry;
    private readonly ResiliencePipeline<ProviderResponse> _guard;
    private readonly CallCounts _counts = new();

    /// <summary>Opens the way.</summary>
    /// <param name="entry">The provider's registry entry.</param>
    /// <param name="options">What holds for all providers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stateDirectory">Where budgets are shared; null for this process only.</param>
    /// <param name="observer">Is told of every call; may be null.</param>
    /// <exception cref="MarketDataException">The provider cannot be made, or a setting is wrong.</exception>
    public ProviderLane(ProviderEntry entry, GatewayOptions options, TimeProvider time, string? stateDirectory, IGatewayObserver? observer)
    {
        _entry = entry;
        _settings = entry.Settings;
        _provider = entry.Provider;
        _time = time;
        _observer = observer;
        var secrets = (_provider as ISecretHolder)?.Secrets ?? [];
        _redactor = new SecretRedactor(secrets);
        var isLocal = _provider.Capabilities.IsLocal;
        _places = new SemaphoreSlim(_settings.Concurrency ?? (isLocal ? Environment.ProcessorCount : DefaultConcurrency));
        var steady = new SteadyTimeProvider(time);
        if (!isLocal)
        {
            var file = stateDirectory is null ? null : new BudgetFile(stateDirectory, Name, secrets.Count == 0 ? null : secrets[0], _settings.Budget);
            _ledger = new BudgetLedger(_settings.Budget, time, steady, file);
            _breaker = _settings.Breaker is null ? null : new CircuitBreaker(steady);
        }

        _retry = isLocal ? ResiliencePipeline<ProviderResponse>.Empty : RetryPipeline(options, steady);
        _guard = GuardPipeline(_settings.Timeout ?? (isLocal ? null : s_defaultTimeout), steady);
    }

    private string Name => _entry.Options.Name;

    /// <summary>Asks the provider.</summary>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var fetch = new PendingFetch(request, _settings.MaxWait);
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
            _places.Release();
        }
    }

    /// <summary>Whether a call would be made within the bound on waiting.</summary>
    /// <param name="retryAt">When a call can be made (UTC), where it cannot be made at once.</param>
    public bool IsAvailable(out DateTime? retryAt)
    {
        var open = _breaker?.Wait ?? TimeSpan.Zero;
        var budget = _ledger?.Snapshot().Wait ?? TimeSpan.Zero;
        retryAt = RetryAt(open, budget);
        return open == TimeSpan.Zero && budget <= _settings.MaxWait;
    }

    /// <summary>How the provider is doing.</summary>
    public ProviderState State()
    {
        var capabilities = _provider.Capabilities;
        var open = _breaker?.Wait ?? TimeSpan.Zero;
        var budget = _ledger?.Snapshot() ?? new BudgetSnapshot([], TimeSpan.Zero, TimeSpan.Zero);
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
            Warnings = _ledger?.Warning is { } warning ? [warning] : [],
        });
    }

    private DateTime UtcNow() => _time.GetUtcNow().UtcDateTime;

    private DateTime? RetryAt(TimeSpan a, TimeSpan b)
    {
        var wait = a > b ? a : b;
        return wait > TimeSpan.Zero ? UtcNow() + wait : null;
    }

    private async ValueTask<ProviderResponse> TryAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        if (_breaker?.Wait is { } open && open > TimeSpan.Zero)
        {
            throw new FinalException(BreakerIsOpen(fetch, open, null));
        }

        var admission = await AdmitAsync(fetch, cancellationToken).ConfigureAwait(false);
        var started = _time.GetTimestamp();
        try
        {
            var response = await _guard
                .ExecuteAsync(static (state, token) => state.Lane.CallAsync(state.Fetch, token), (Lane: this, Fetch: fetch), cancellationToken)
                .ConfigureAwait(false);
            Record(fetch, started, response, null);
            if (_ledger is not null)
            {
                await _ledger.ChargeAsync(response.Calls - 1).ConfigureAwait(false);
                await _ledger.SucceedAsync().ConfigureAwait(false);
            }

            return response;
        }
        catch (BrokenCircuitException e)
        {
            // The breaker opened, or another call is trying whether the provider is back, while this one waited for its place.
            await ReleaseAsync(admission).ConfigureAwait(false);
            throw new FinalException(BreakerIsOpen(fetch, e.RetryAfter ?? TimeSpan.Zero, e));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Record(fetch, started, null, null);
            throw;
        }
        catch (MarketDataException e) when (e is not ProviderException)
        {
            Record(fetch, started, null, e.Message);
            throw;
        }
        catch (Exception e)
        {
            var failure = ProviderFailure.Translate(e, Name, fetch.Request, _redactor);
            Record(fetch, started, null, failure.Message);
            failure = await CoolDownAsync(failure).ConfigureAwait(false);
            throw IsWorthRepeating(fetch, failure) ? failure : new FinalException(failure);
        }
    }

    private async ValueTask<ProviderResponse> CallAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own, so that a provider that blocks cannot block whoever asks; the caller's context flows with it.
            var call = Task.Run(() => _provider.FetchAsync(fetch.Request, cancellationToken), cancellationToken);
            ObserveLater(call);
            var response = await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            return response?.Series is not null ? response : throw new InvalidDataException("the provider answered null");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // By the caller or by the time limit; the pipeline tells them apart.
            throw;
        }
        catch (MarketDataException e) when (e is not ProviderException)
        {
            // The provider judged the request itself: definitive.
            var message = _redactor.Clean(e.Message);
            var inner = _redactor.Clean(e.InnerException);
            if (message == e.Message && ReferenceEquals(inner, e.InnerException))
            {
                throw;
            }

            throw new MarketDataException(e.ErrorId, message, inner) { Target = e.Target };
        }
        catch (Exception e)
        {
            // Translated here already, because the breaker judges by the kind.
            throw ProviderFailure.Translate(e, Name, fetch.Request, _redactor);
        }
    }

    /// <summary>Waits for the place that budgets and cool-down give, within what is left of the fetch's patience.</summary>
    private async Task<Admission> AdmitAsync(PendingFetch fetch, CancellationToken cancellationToken)
    {
        while (_ledger is not null)
        {
            var admission = await _ledger.ReserveAsync(fetch.Patience, cancellationToken).ConfigureAwait(false);
            if (!admission.IsGranted)
            {
                throw new FinalException(MustWait(fetch, admission));
            }

            if (admission.Wait <= TimeSpan.Zero)
            {
                return admission;
            }

            try
            {
                // Timers count whole milliseconds and cut the fraction off: round up.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(admission.Wait.TotalMilliseconds)), _time, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await ReleaseAsync(admission).ConfigureAwait(false);
                throw;
            }

            fetch.Patience -= admission.Wait;
            if (_ledger.Snapshot().CoolDown <= TimeSpan.Zero)
            {
                return admission;
            }

            // Some other call was told to stay away meanwhile.
            await ReleaseAsync(admission).ConfigureAwait(false);
        }

        return default;
    }

    private async Task ReleaseAsync(Admission admission)
    {
        if (_ledger is not null)
        {
            await _ledger.ReleaseAsync(admission).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a cool-down where the failure asks for one; then the failure says how long it is.</summary>
    private async Task<ProviderException> CoolDownAsync(ProviderException failure)
    {
        if (_ledger is null || (failure.RetryAfter is null && failure.Kind != ProviderErrorKind.RateLimited))
        {
            return failure;
        }

        var length = await _ledger.CoolDownAsync(failure.RetryAfter).ConfigureAwait(false);
        return failure.RetryAfter == length
            ? failure
            : new ProviderException(failure.Kind, failure.Message, failure.InnerException) { RetryAfter = length, Provider = failure.Provider, Target = failure.Target };
    }

    private static bool IsWorthRepeating(PendingFetch fetch, ProviderException failure) => failure.Kind switch
    {
        ProviderErrorKind.Unavailable or ProviderErrorKind.RateLimited => failure.RetryAfter is not { } wait || wait <= fetch.Patience,

        // Once: what was cut short comes whole, but what the service says by mistake it goes on saying.
        ProviderErrorKind.BadResponse => fetch.BadResponses++ == 0,
        _ => false,
    };

    private void Record(PendingFetch fetch, long started, ProviderResponse? response, string? error)
    {
        var elapsed = _time.GetElapsedTime(started);
        var calls = Math.Max(1, response?.Calls ?? 1);
        var cost = _settings.CostPerCall * calls;
        _counts.Add(UtcNow(), elapsed, calls, cost, error);
        _observer?.RecordProviderCall(Name, fetch.Request.DataType, elapsed, calls, response?.Bytes ?? 0, error is not null, cost);
    }

    private ProviderException BreakerIsOpen(PendingFetch fetch, TimeSpan wait, Exception? cause)
    {
        var last = _counts.LastError is { } error ? $" Its last failure: {error}" : string.Empty;
        return new ProviderException(ProviderErrorKind.Unavailable, $"Provider '{Name}' keeps failing and is left alone until {At(wait)}.{last}", cause)
        {
            RetryAfter = wait,
            Provider = Name,
            Target = fetch.Request.Ticker ?? fetch.Request.DataType,
        };
    }

    private ProviderException MustWait(PendingFetch fetch, Admission admission)
    {
        var why = admission.IsCoolingDown
            ? $"Provider '{Name}' asked to be left alone until {At(admission.Wait)}."
            : $"The call budget of provider '{Name}' ({Limits()}) is spent; the next call fits at {At(admission.Wait)}.";
        var bound = _settings.MaxWait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return new ProviderException(ProviderErrorKind.RateLimited, $"{why} Ask again then, or raise 'max_wait_seconds' (now {bound}) to wait for it.")
        {
            RetryAfter = admission.Wait,
            Provider = Name,
            Target = fetch.Request.Ticker ?? fetch.Request.DataType,
        };
    }

    private string Limits() => string.Join(", ", _settings.Budget.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Calls} per {limit.Window}")));

    private string At(TimeSpan wait) => (UtcNow() + wait).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private ResiliencePipeline<ProviderResponse> RetryPipeline(GatewayOptions options, SteadyTimeProvider steady)
    {
        if (_settings.Retries == 0)
        {
            return ResiliencePipeline<ProviderResponse>.Empty;
        }

        var retry = new RetryStrategyOptions<ProviderResponse>
        {
            // What must not be repeated arrives as FinalException.
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is ProviderException),
            MaxRetryAttempts = _settings.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = _settings.RetryDelay,
            MaxDelay = s_longestRetryDelay > _settings.RetryDelay ? s_longestRetryDelay : _settings.RetryDelay,
            UseJitter = true,

            // A cool-down is waited for at admission.
            DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(
                args.Outcome.Exception is ProviderException { RetryAfter: not null } ? TimeSpan.Zero : null),
        };
        if (options.Random is { } random)
        {
            retry.Randomizer = random;
        }

        return new ResiliencePipelineBuilder<ProviderResponse> { TimeProvider = steady }.AddRetry(retry).Build();
    }

    private ResiliencePipeline<ProviderResponse> GuardPipeline(TimeSpan? timeout, SteadyTimeProvider steady)
    {
        var builder = new ResiliencePipelineBuilder<ProviderResponse> { TimeProvider = steady };
        if (_settings.Breaker is { } breaker)
        {
            _breaker?.AddTo(builder, breaker);
        }

        if (timeout is { } limit)
        {
            builder.AddTimeout(new TimeoutStrategyOptions { Timeout = limit });
        }

        return builder.Build();
    }

    /// <summary>Sees to it that the failure of a call nobody waits for any more is not reported as unobserved.</summary>
    private static void ObserveLater(Task call) =>
        _ = call.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
