using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MarketCache.Engine.Gateway;

/// <summary>Builds the resilience strategies of one provider.</summary>
internal static class GatewayPipelines
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(30);

    /// <summary>The outer strategy: tries again.</summary>
    public static ResiliencePipeline<ProviderResponse> Retry(GatewaySettings settings, GatewayOptions options, TimeProvider time)
    {
        if (settings.Retries == 0)
        {
            return ResiliencePipeline<ProviderResponse>.Empty;
        }

        var retry = new RetryStrategyOptions<ProviderResponse>
        {
            // What must not be repeated arrives as FinalException.
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is ProviderException),
            MaxRetryAttempts = settings.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = settings.RetryDelay,
            MaxDelay = LongestRetryDelay > settings.RetryDelay ? LongestRetryDelay : settings.RetryDelay,
            UseJitter = true,

            // A cool-down is waited for at admission.
            DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(
                args.Outcome.Exception is ProviderException { RetryAfter: not null } ? TimeSpan.Zero : null),
        };
        if (options.Random is { } random)
        {
            retry.Randomizer = random;
        }

        return new ResiliencePipelineBuilder<ProviderResponse> { TimeProvider = time }.AddRetry(retry).Build();
    }

    /// <summary>The inner strategies of each try: the breaker around the time limit.</summary>
    public static ResiliencePipeline<ProviderResponse> Guard(CircuitBreaker? breaker, TimeSpan? timeout, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<ProviderResponse> { TimeProvider = time };
        if (breaker is not null)
        {
            builder.AddPipeline(breaker.Pipeline);
        }

        if (timeout is { } limit)
        {
            builder.AddTimeout(new TimeoutStrategyOptions { Timeout = limit });
        }

        return builder.Build();
    }
}
