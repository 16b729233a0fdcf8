using System.Globalization;

namespace MarketCache.Engine.Gateway;

/// <summary>How the gateway treats one provider. See docs/providers.md for the settings by name.</summary>
internal sealed record GatewaySettings
{
    private static readonly string[] Names =
        ["enabled", "budget", "cost_per_call", "timeout_seconds", "retries", "retry_delay_seconds", "concurrency", "max_wait_seconds", "breaker"];

    private static readonly string[] BudgetNames = [.. BudgetLimit.Windows.Select(window => "per_" + window.Window)];
    private static readonly string[] BreakerNames = ["minimum_calls", "failure_ratio", "window_seconds", "open_seconds"];

    /// <summary>Whether the provider may be called: <c>enabled</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The budgets, shortest window first: <c>budget</c>.</summary>
    public IReadOnlyList<BudgetLimit> Budget { get; init; } = [];

    /// <summary>Whether nobody configured the budget, so that it is what the service allows without payment.</summary>
    public bool HasFreeBudget { get; init; }

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

    /// <summary>The circuit breaker; null if it is disabled: <c>breaker</c>.</summary>
    public BreakerSettings? Breaker { get; init; } = new();

    /// <summary>The longest wait that can be configured. Reservations further ahead than this can only come from a clock that was set back.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Reads the gateway's part of a provider's settings; other settings belong to the provider itself.</summary>
    /// <param name="options">The provider's configuration.</param>
    /// <param name="freeBudget">The budget where the configuration names none.</param>
    /// <exception cref="MarketDataException">A setting is wrong (<c>InvalidProviderSettings</c>).</exception>
    public static GatewaySettings Parse(ProviderOptions options, IReadOnlyList<BudgetLimit> freeBudget)
    {
        var defaults = new GatewaySettings();
        var settings = new ProviderSettings(options);
        return new GatewaySettings
        {
            Enabled = settings.Flag("enabled", true),
            Budget = settings.Has("budget") ? ParseBudget(options, settings) : freeBudget,
            HasFreeBudget = !settings.Has("budget") && freeBudget.Count > 0,
            CostPerCall = Money(settings, "cost_per_call"),
            Timeout = settings.Has("timeout_seconds") ? Seconds(settings, "timeout_seconds", TimeSpan.Zero, 0.01, 86400) : null,
            Retries = Whole(settings, "retries", defaults.Retries, 0, 20),
            RetryDelay = Seconds(settings, "retry_delay_seconds", defaults.RetryDelay, 0, 600),
            Concurrency = settings.Has("concurrency") ? Whole(settings, "concurrency", 0, 1, 1024) : null,
            MaxWait = Seconds(settings, "max_wait_seconds", defaults.MaxWait, 0, LongestWait.TotalSeconds),
            Breaker = ParseBreaker(options, settings),
        };
    }

    /// <summary>The settings in force by their names below the provider's entry, left out what the provider's kind decides.</summary>
    public IEnumerable<(string Name, object Value)> InForce()
    {
        yield return ("enabled", Enabled);
        yield return ("cost_per_call", CostPerCall);
        yield return ("retries", Retries);
        yield return ("retry_delay_seconds", RetryDelay.TotalSeconds);
        yield return ("max_wait_seconds", MaxWait.TotalSeconds);
        foreach (var limit in Budget)
        {
            yield return ("budget.per_" + limit.Window, limit.Calls);
        }

        if (Timeout is { } timeout)
        {
            yield return ("timeout_seconds", timeout.TotalSeconds);
        }

        if (Concurrency is { } concurrency)
        {
            yield return ("concurrency", concurrency);
        }

        if (Breaker is { } breaker)
        {
            yield return ("breaker.minimum_calls", breaker.MinimumCalls);
            yield return ("breaker.failure_ratio", breaker.FailureRatio);
            yield return ("breaker.window_seconds", breaker.Window.TotalSeconds);
            yield return ("breaker.open_seconds", breaker.OpenFor.TotalSeconds);
        }
    }

    /// <summary>The settings that are not the gateway's.</summary>
    public static IReadOnlyDictionary<string, object> Others(IReadOnlyDictionary<string, object> settings) => settings
        .Where(setting => !Names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
        .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);

    private static BudgetLimit[] ParseBudget(ProviderOptions options, ProviderSettings settings)
    {
        if (IsFlag(options, "budget") && settings.Text("budget")?.Trim().ToLowerInvariant() is "off" or "false" or "no")
        {
            return [];
        }

        var nested = Nested(options, settings, "budget", BudgetNames);
        return
        [
            .. BudgetLimit.Windows
                .Select(window => (window.Window, window.Length, Setting: "budget.per_" + window.Window))
                .Where(window => nested.Has(window.Setting))
                .Select(window => new BudgetLimit(window.Window, window.Length, Whole(nested, window.Setting, 0, 1, 1_000_000))),
        ];
    }

    private static BreakerSettings? ParseBreaker(ProviderOptions options, ProviderSettings settings)
    {
        var defaults = new BreakerSettings();
        if (IsFlag(options, "breaker"))
        {
            return settings.Flag("breaker", true) ? defaults : null;
        }

        var nested = Nested(options, settings, "breaker", BreakerNames);
        return new BreakerSettings
        {
            MinimumCalls = Whole(nested, "breaker.minimum_calls", defaults.MinimumCalls, 2, 10_000),
            FailureRatio = nested.Number("breaker.failure_ratio", defaults.FailureRatio, 0.01, 1),
            Window = Seconds(nested, "breaker.window_seconds", defaults.Window, 0.5, 86400),
            OpenFor = Seconds(nested, "breaker.open_seconds", defaults.OpenFor, 0.5, 86400),
        };
    }

    private static bool IsFlag(ProviderOptions options, string name) => options.Settings.Any(setting =>
        string.Equals(setting.Key, name, StringComparison.OrdinalIgnoreCase) && setting.Value is string or bool);

    /// <summary>The settings of a nested map under their full names, e.g. <c>budget.per_day</c>; one that is not known is an error.</summary>
    private static ProviderSettings Nested(ProviderOptions options, ProviderSettings settings, string map, string[] known)
    {
        if (IsFlag(options, map))
        {
            throw settings.Wrong(map, $"off or a map of {string.Join(", ", known)}", settings.Text(map)!);
        }

        var nested = new Dictionary<string, object>();
        foreach (var (name, value) in settings.Map(map))
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var nearest = NearestName.Find(name, known) is { } meant ? $" (did you mean '{meant}'?)" : string.Empty;
                throw settings.Wrong(map, "a map of " + string.Join(", ", known), name + nearest);
            }

            nested[$"{map}.{name}"] = value;
        }

        return new ProviderSettings(options with { Settings = nested });
    }

    private static int Whole(ProviderSettings settings, string name, int fallback, int least, int most)
    {
        var value = settings.Number(name, fallback, least, most);
        return value == Math.Floor(value) ? (int)value : throw settings.Wrong(name, "a whole number", settings.Text(name)!);
    }

    private static TimeSpan Seconds(ProviderSettings settings, string name, TimeSpan fallback, double least, double most) =>
        TimeSpan.FromSeconds(settings.Number(name, fallback.TotalSeconds, least, most));

    private static decimal Money(ProviderSettings settings, string name)
    {
        if (settings.Text(name) is not { Length: > 0 } text)
        {
            return 0m;
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount >= 0
            ? amount
            : throw settings.Wrong(name, "an amount of money such as 0.002", text);
    }
}
