using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>A setting that every provider's entry may have.</summary>
/// <param name="Name">Its name, dotted below the entry.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsLive">Whether a change takes effect in a running session.</param>
/// <param name="Description">What it means.</param>
/// <param name="Read">Refuses a wrong value.</param>
internal sealed record ProviderSetting(
    string Name, string Type, bool IsLive, string Description, Action<ConfigurationReader, DataNode, string> Read)
{
    /// <summary>The implementations there are.</summary>
    public static IReadOnlyList<string> Types { get; } = ["Yahoo", "Fred", "Tiingo", "AlphaVantage", "Csv", "Sample"];

    /// <summary>The settings that the gateway and all implementations share.</summary>
    public static IReadOnlyList<ProviderSetting> Common { get; } =
    [
        new("type", "text", false, "Which implementation it uses: " + string.Join(", ", Types) + ". The entry's name where left out.", (r, n, k) => r.Choice(n, k, Types)),
        new("enabled", "true or false", false, "Whether it may be called.", (r, n, k) => r.Boolean(n, k)),
        new("key_env", "text", false, "The environment variable that holds the service's key.", ReadVariableName),
        new("key_vault", "text", false, "The SecretManagement vault that holds the service's key.", (r, n, k) => r.Text(n, k, "a vault's name")),
        new("budget.per_second", "whole number", true, "The most calls in any second.", ReadCalls),
        new("budget.per_minute", "whole number", true, "The most calls in any minute.", ReadCalls),
        new("budget.per_hour", "whole number", true, "The most calls in any hour.", ReadCalls),
        new("budget.per_day", "whole number", true, "The most calls in any 24 hours.", ReadCalls),
        new("cost_per_call", "number", true, "What a call costs, in a currency of yours.", (r, n, k) => r.Decimal(n, k, 0m, 1_000_000m)),
        new("concurrency", "whole number", false, "The most calls under way at once.", (r, n, k) => r.Integer(n, k, 1, 1024)),
        new("timeout_seconds", "number", false, "How long one try may take, in seconds.", (r, n, k) => r.Number(n, k, 0.01, 86400)),
        new("retries", "whole number", false, "How often a call that failed for a passing reason is tried again.", (r, n, k) => r.Integer(n, k, 0, 20)),
        new("retry_delay_seconds", "number", false, "The pause before the first further try, in seconds; it doubles each time.", (r, n, k) => r.Number(n, k, 0, 600)),
        new("max_wait_seconds", "number", false, "The longest a request waits for the budget or a cool-down, in seconds.", (r, n, k) => r.Number(n, k, 0, 600)),
        new("breaker.minimum_calls", "whole number", false, "The fewest calls in the window after which the circuit breaker judges.", (r, n, k) => r.Integer(n, k, 2, 10_000)),
        new("breaker.failure_ratio", "number", false, "The share of failed calls that opens the breaker, 0.01 to 1.", (r, n, k) => r.Number(n, k, 0.01, 1)),
        new("breaker.window_seconds", "number", false, "The breaker's window, in seconds.", (r, n, k) => r.Number(n, k, 0.5, 86400)),
        new("breaker.open_seconds", "number", false, "How long the open breaker refuses calls, in seconds.", (r, n, k) => r.Number(n, k, 0.5, 86400)),
    ];

    /// <summary>Names under which people put a key itself; a file is no place for it.</summary>
    public static bool IsSecretName(string name) => name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
        is "key" or "apikey" or "token" or "apitoken" or "accesstoken" or "secret" or "password" or "authorization" or "bearer";

    private static void ReadCalls(ConfigurationReader reader, DataNode node, string key) => reader.Integer(node, key, 1, 1_000_000);

    private static void ReadVariableName(ConfigurationReader reader, DataNode node, string key)
    {
        var name = reader.Text(node, key, "the name of an environment variable");
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                // The text is not shown: it may be the key itself, put here by mistake.
                throw reader.Refuse(node, key, "this cannot name an environment variable", "letters, digits and underscores; the key itself goes into that variable");
            }
        }

        if (char.IsAsciiDigit(name[0]) || name.Length > 128)
        {
            throw reader.Refuse(node, key, "this cannot name an environment variable", string.Create(CultureInfo.InvariantCulture, $"a letter first, {128} characters at most"));
        }
    }
}
