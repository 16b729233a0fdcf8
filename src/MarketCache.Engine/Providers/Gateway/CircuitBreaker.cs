using Polly;
using Polly.CircuitBreaker;

namespace MarketCache.Engine.Providers.Gateway;

/// <summary>The circuit breaker of one provider, and until when it is open.</summary>
internal sealed class CircuitBreaker
{
    private readonly SteadyTimeProvider _time;
    private readonly CircuitBreakerStateProvider _state = new();
    private long _openUntil;

    /// <summary>Makes a closed breaker.</summary>
    /// <param name="time">The clock of elapsed time.</param>
    public CircuitBreaker(SteadyTimeProvider time)
    {
        _time = time;
    }

    /// <summary>How much longer no call is made; zero where one may be tried.</summary>
    public TimeSpan Wait => TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref _openUntil) - _time.GetUtcNow().UtcTicks));

    /// <summary>Adds the breaker to a pipeline.</summary>
    public void AddTo(ResiliencePipelineBuilder<ProviderResponse> builder, BreakerSettings settings) =>
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<ProviderResponse>
        {
            FailureRatio = settings.FailureRatio,
            MinimumThroughput = settings.MinimumCalls,
            SamplingDuration = settings.Window,
            BreakDuration = settings.OpenFor,
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
        });

    // "No such ticker" and "too many calls" show that the service is there. A trial that its caller gave up shows nothing, and
    // must not close the breaker.
    private bool Counts(Exception? exception) => exception switch
    {
        ProviderException failure => failure.Kind is ProviderErrorKind.Unavailable or ProviderErrorKind.BadResponse,
        Polly.Timeout.TimeoutRejectedException => true,
        OperationCanceledException => _state.CircuitState == CircuitState.HalfOpen,
        _ => false,
    };
}
