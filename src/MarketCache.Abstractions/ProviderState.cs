namespace MarketCache;

/// <summary>How a provider is doing. All times are UTC; counts are of this process, budgets and cool-downs of all processes of the user.</summary>
public sealed record ProviderState
{
    private readonly ProviderBudget[] _budgetLeft = [];
    private readonly string[] _dataTypes = [];
    private readonly string[] _warnings = [];

    /// <summary>The name users give to <c>-Provider</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which implementation it uses, e.g. <c>Yahoo</c>, <c>Csv</c>, <c>Script</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it can be asked now.</summary>
    public ProviderAvailability State { get; init; }

    /// <summary>What is left of each budget; empty if none is set.</summary>
    public IReadOnlyList<ProviderBudget> BudgetLeft
    {
        get => _budgetLeft;
        init => _budgetLeft = [.. value];
    }

    /// <summary>Until when the provider asked to be left alone; null if it did not.</summary>
    public DateTime? CoolDownUntil { get; init; }

    /// <summary>When the next call can be made where none can be made now; null if one can.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>The last failure's message, free of secrets; null if there was none.</summary>
    public string? LastError { get; init; }

    /// <summary>When the last call ended; null if none was made.</summary>
    public DateTime? LastCall { get; init; }

    /// <summary>Calls made, repeated tries included.</summary>
    public long Calls { get; init; }

    /// <summary>Calls that failed.</summary>
    public long Failures { get; init; }

    /// <summary>Mean time of the calls made; zero if none was made.</summary>
    public TimeSpan MeanLatency { get; init; }

    /// <summary>Cost of the calls made, in the currency of <c>cost_per_call</c>.</summary>
    public decimal Cost { get; init; }

    /// <summary>Whether its values are made up.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>Whether its calls cost nothing and reach no network, so that budgets, retries and the breaker do not apply.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The data types it offers; empty for any.</summary>
    public IReadOnlyList<string> DataTypes
    {
        get => _dataTypes;
        init => _dataTypes = [.. value];
    }

    /// <summary>What the user should know, e.g. that budgets cannot be shared with other processes.</summary>
    public IReadOnlyList<string> Warnings
    {
        get => _warnings;
        init => _warnings = [.. value];
    }
}
