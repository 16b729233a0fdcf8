namespace MarketCache.Engine.Configuration;

/// <summary>One provider: an entry of <c>cache.providers</c>.</summary>
/// <remarks>It names where a secret is to be found and never holds one.</remarks>
public sealed record ProviderOptions
{
    /// <summary>The name users give to <c>-Provider</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which implementation it uses: <c>Csv</c>, <c>Sample</c>, <c>Yahoo</c>, <c>Fred</c>, <c>Tiingo</c>, <c>AlphaVantage</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it may be used (<c>enabled</c>).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The service's addresses, first choice first (<c>base_addresses</c>); empty for the implementation's own.</summary>
    public IReadOnlyList<Uri> BaseAddresses { get; init; } = [];

    /// <summary>The environment variable that holds the key (<c>key_env</c>); null for the implementation's own, if it needs one.</summary>
    public string? KeyEnv { get; init; }

    /// <summary>The SecretManagement vault that holds the key (<c>key_vault</c>); null for none.</summary>
    public string? KeyVault { get; init; }

    /// <summary>The secret's name in the vault (<c>key_secret</c>); null for the provider's name.</summary>
    public string? KeySecret { get; init; }

    /// <summary>The bounds on calls (<c>budget</c>: <c>per_second</c>, <c>per_minute</c>, <c>per_hour</c>, <c>per_day</c>, <c>per_month</c>); null for the implementation's own.</summary>
    public IReadOnlyList<BudgetLimit>? Budget { get; init; }

    /// <summary>The longest a request waits for the budget before it is served stale or refused (<c>max_wait</c>); null for the gateway's own.</summary>
    public TimeSpan? MaxWait { get; init; }

    /// <summary>What one call costs, in a currency of the user's choice (<c>cost_per_call</c>).</summary>
    public decimal CostPerCall { get; init; }

    /// <summary>The most calls under way at once (<c>max_concurrency</c>); null for the gateway's own.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>How long one try may take (<c>timeout</c>); null for the gateway's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a call that failed for a passing reason is tried again (<c>retries</c>); null for the gateway's own.</summary>
    public int? Retries { get; init; }

    /// <summary>The largest answer accepted, in MiB, after decompression (<c>max_response_mb</c>); null for the implementation's own.</summary>
    public double? MaxResponseMb { get; init; }

    /// <summary>The <c>User-Agent</c> header (<c>user_agent</c>); null for the implementation's own.</summary>
    public string? UserAgent { get; init; }

    /// <summary>
    /// The implementation's own settings (<c>settings</c>): scalars as strings, lists as <see cref="IReadOnlyList{T}"/> of object and
    /// maps as <see cref="IReadOnlyDictionary{TKey, TValue}"/> of string to object, nested. Names in lower case.
    /// </summary>
    public IReadOnlyDictionary<string, object> Settings { get; init; } = new Dictionary<string, object>(0);

    /// <summary>The file that names it, for messages and relative paths; null for built-in ones.</summary>
    public string? SourceFile { get; init; }
}
