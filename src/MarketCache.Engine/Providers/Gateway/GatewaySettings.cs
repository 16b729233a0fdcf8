using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Providers.Gateway;

/// <summary>How the gateway treats one provider. See docs/gateway.md for the settings by name.</summary>
internal sealed record GatewaySettings
{
    private static readonly string[] s_budgetNames = [.. BudgetLimit.Windows.Select(window => "per_" + window.Window)];
    private static readonly string[] s_breakerNames = ["minimum_calls", "failure_ratio", "window_seconds", "open_seconds"];

    /// <summary>Whether the provider may be called: <c>enabled</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The budgets, shortest window first: <c>budget</c>.</summary>
    public IReadOnlyList<BudgetLimit> Budget { get; init; } = [];

    /// <summary>What a call costs: <c>cost_per_call</c>.</summary>
    public decimal CostPerCall { get; init; }

    /// <summary>How long one try may take: <c>timeout_seconds</c>; null for the default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a try that failed for a passing reason is repeated: <c>retries</c>.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The pause before the first repeated try, doubled for each further one, jittered: <c>retry_delay_seconds</c>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The most calls at once: <c>concurrency</c>; null for the default.</summary>
    public int? Concurrency { get; init; }

    /// <summary>How long a request waits for a budget or a cool-down before it is refused: <c>max_wait_seconds</c>.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The circuit breaker; null where it is switched off: <c>breaker</c>.</summary>
    public BreakerSettings? Breaker { get; init; } = new();

    /// <summary>The longest wait that can be configured. Reservations further ahead than this can only come from a clock that was set back.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Reads the gateway's part of a provider's settings; other settings belong to the provider itself.</summary>
    /// <param name="options">The provider's configuration.</param>
    /// <exception cref="MarketDataException">A setting is wrong (<c>InvalidProviderSettings</c>).</exception>
    public static GatewaySettings Parse(ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var defaults = new GatewaySettings();
        var reader = new SettingReader(options);
        return new GatewaySettings
        {
            Enabled = reader.Switch("enabled", true),
            Budget = ParseBudget(reader),
            CostPerCall = reader.Money("cost_per_call"),
            Timeout = reader.Has("timeout_seconds") ? reader.Seconds("timeout_seconds", TimeSpan.Zero, 0.01, 86400) : null,
            Retries = reader.Whole("retries", defaults.Retries, 0, 20),
            RetryDelay = reader.Seconds("retry_delay_seconds", defaults.RetryDelay, 0, 600),
            Concurrency = reader.Has("concurrency") ? reader.Whole("concurrency", 0, 1, 1024) : null,
            MaxWait = reader.Seconds("max_wait_seconds", defaults.MaxWait, 0, LongestWait.TotalSeconds),
            Breaker = ParseBreaker(reader),
        };
    }

    private static BudgetLimit[] ParseBudget(SettingReader reader)
    {
        var map = reader.Map("budget", s_budgetNames);
        return map is null
            ? []
            : [.. BudgetLimit.Windows
                .Where(window => map.Has("per_" + window.Window))
                .Select(window => new BudgetLimit(window.Window, window.Length, map.Whole("per_" + window.Window, 0, 1, 1_000_000)))];
    }

    private static BreakerSettings? ParseBreaker(SettingReader reader)
    {
        if (reader.IsOff("breaker"))
        {
            return null;
        }

        var defaults = new BreakerSettings();
        return reader.Map("breaker", s_breakerNames) is not { } map
            ? defaults
            : new BreakerSettings
            {
                MinimumCalls = map.Whole("minimum_calls", defaults.MinimumCalls, 2, 10_000),
                FailureRatio = map.Number("failure_ratio", defaults.FailureRatio, 0.01, 1),
                Window = map.Seconds("window_seconds", defaults.Window, 0.5, 86400),
                OpenFor = map.Seconds("open_seconds", defaults.OpenFor, 0.5, 86400),
            };
    }
}
