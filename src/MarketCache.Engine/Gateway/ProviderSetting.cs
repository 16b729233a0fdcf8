using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Gateway;

/// <summary>A setting that a provider's entry in the configuration may have.</summary>
/// <param name="Name">Its name, dotted below the entry.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Description">What it means.</param>
/// <param name="Read">Refuses a wrong value.</param>
internal sealed record ProviderSetting(string Name, string Type, string Description, Action<NodeReader, DataNode, string> Read)
{
    /// <summary>The settings of the gateway, which every provider has.</summary>
    public static IReadOnlyList<ProviderSetting> Common { get; } =
    [
        Flag("enabled", "Whether it may be called."),
        Calls("second", "The most calls in any second."),
        Calls("minute", "The most calls in any minute."),
        Calls("hour", "The most calls in any hour."),
        Calls("day", "The most calls in any 24 hours."),
        new("cost_per_call", "number", "What a call costs, in a currency of yours.", (r, n, k) => r.Decimal(n, k, 0m, 1_000_000m)),
        Whole("concurrency", 1, 1024, "The most calls under way at once."),
        Number("timeout_seconds", 0.01, 86400, "How long one try may take, in seconds."),
        Whole("retries", 0, 20, "How often a call that failed for a passing reason is tried again."),
        Number("retry_delay_seconds", 0, 600, "The pause before the first further try, in seconds; it doubles each time."),
        Number("max_wait_seconds", 0, 600, "The longest a request waits for the budget or a cool-down, in seconds."),
        Whole("breaker.minimum_calls", 2, 10_000, "The fewest calls in the window after which the circuit breaker judges."),
        Number("breaker.failure_ratio", 0.01, 1, "The share of failed calls that opens the breaker, 0.01 to 1."),
        Number("breaker.window_seconds", 0.5, 86400, "The breaker's window, in seconds."),
        Number("breaker.open_seconds", 0.5, 86400, "How long the open breaker refuses calls, in seconds."),
    ];

    /// <summary>Names under which people put a key itself; a file is no place for it.</summary>
    public static bool IsSecretName(string name) => name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
        is "key" or "apikey" or "token" or "apitoken" or "accesstoken" or "secret" or "password" or "authorization" or "bearer";

    /// <summary>A setting that is true or false.</summary>
    public static ProviderSetting Flag(string name, string description) => new(name, "true or false", description, (r, n, k) => r.Boolean(n, k));

    /// <summary>A setting that is a whole number.</summary>
    public static ProviderSetting Whole(string name, int least, int most, string description) =>
        new(name, "whole number", description, (r, n, k) => r.Integer(n, k, least, most));

    /// <summary>A setting that is a number.</summary>
    public static ProviderSetting Number(string name, double least, double most, string description) =>
        new(name, "number", description, (r, n, k) => r.Number(n, k, least, most));

    /// <summary>A setting that is a text.</summary>
    public static ProviderSetting Text(string name, string description) => new(name, "text", description, (r, n, k) => r.Text(n, k));

    /// <summary>A setting that is a list of texts; a single text is a list of one.</summary>
    public static ProviderSetting List(string name, string description) => new(name, "list", description, (r, n, k) => r.Texts(n, k, "a list"));

    /// <summary>A setting that is a map from names to texts.</summary>
    public static ProviderSetting Map(string name, string description) => new(name, "map", description, ReadMap);

    private static ProviderSetting Calls(string window, string description) => Whole("budget.per_" + window, 1, 1_000_000, description);

    private static void ReadMap(NodeReader reader, DataNode node, string key)
    {
        foreach (var (name, value) in reader.Map(node, key).Entries)
        {
            reader.Text(value, key + "." + name);
        }
    }
}
