namespace MarketCache;

/// <summary>What warming or refreshing a watch list did.</summary>
public sealed record UpdateReport
{
    private readonly string[] _failures = [];

    /// <summary>Series requested.</summary>
    public int Series { get; init; }

    /// <summary>Series for which the provider delivered rows.</summary>
    public int Updated { get; init; }

    /// <summary>Series that were fresh already.</summary>
    public int Fresh { get; init; }

    /// <summary>Series that could not be answered, or only with stale rows.</summary>
    public int Failed { get; init; }

    /// <summary>Rows the provider delivered.</summary>
    public long RowsFetched { get; init; }

    /// <summary>Calls made to providers.</summary>
    public int ProviderCalls { get; init; }

    /// <summary>Time it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>
    /// For <c>exit</c>: 0 if nothing failed, 1 if nothing could be tried, as the list could not be read, 2 if series failed. Unlike a count it fits into an exit code.
    /// </summary>
    public int ExitCode => Failures.Count == 0 ? 0 : Series == 0 ? 1 : 2;

    /// <summary>Each failure: what was asked and what went wrong.</summary>
    public IReadOnlyList<string> Failures
    {
        get => _failures;
        init => _failures = [.. value];
    }
}
