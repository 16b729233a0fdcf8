using Polly;
using Polly.CircuitBreaker;

namespace MarketCache.Engine.Gateway;

/// <summary>The circuit breaker of one provider, and until when it is open.</summary>
internal sealed class CircuitBreaker
{
    private readonly SteadyTimeProvider _time;
    private readonly CircuitBreakerStateProvider _state = new();
    private long _openUntil;

    /// <param name="settings">When it opens and for how long.</param>
    /// <param name="time">The clock of elapsed time.</param>
    public CircuitBreaker(BreakerSettings settings, SteadyTimeProvider time)
    {
        _time = time;
        Settings = settings;
        Pipeline = new ResiliencePipelineBuilder<ProviderResponse> { TimeProvider = time }.AddCircuitBreaker(Strategy()).Build();
    }

    /// <summary>When it opens and for how long.</summary>
    public BreakerSettings Settings { get; }

    /// <summary>The strategy; it holds the breaker's state, so every pipeline that has it shares that.</summary>
    public ResiliencePipeline<ProviderResponse> Pipeline { get; }

    /// <summary>How much longer no call is made; zero if one may be tried.</summary>
    public TimeSpan Wait => TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref _openUntil) - _time.GetUtcNow().UtcTicks));

    private CircuitBreakerStrategyOptions<ProviderResponse> Strategy() => new()
    {
        FailureRatio = Settings.FailureRatio,
        MinimumThroughput = Settings.MinimumCalls,
        SamplingDuration = Settings.Window,
        BreakDuration = Settings.OpenFor,
        StateProvider = _state,
        ShouldHandle = args => ValueTask.FromResult(Counts(args.Outcome.Exception)),
        OnOpened = args =>
        {
            Interlocked.Exchange(ref _openUntil, (_time.GetUtcNow() + args.BreakDuration).UtcTicks);
            return ValueTask.CompletedTask;
        },
        OnClosed = _ =>
        {
            Interlocked.Exchange(ref _openUntil, 0);
            return ValueTask.CompletedTask;
        },
    };

    // An answer shows that the service is there, whatever is wrong with it: odd data of a few tickers is no outage. A trial that its
    // caller, the budget or a cool-down ended shows nothing, and must not close the breaker.
    private bool Counts(Exception? exception) => exception switch
    {
        ProviderException failure => failure.Kind is ProviderErrorKind.Unavailable,
        Polly.Timeout.TimeoutRejectedException => true,
        OperationCanceledException or FinalException or CoolDownBeganException => _state.CircuitState == CircuitState.HalfOpen,
        _ => false,
    };
}
