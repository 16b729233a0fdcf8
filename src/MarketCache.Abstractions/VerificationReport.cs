namespace MarketCache;

/// <summary>What an integrity check found.</summary>
public sealed record VerificationReport
{
    private readonly string[] _problems = [];

    /// <summary>Manifests read.</summary>
    public long Series { get; init; }

    /// <summary>Objects read and hashed.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; init; }

    /// <summary>Files that are damaged, foreign or missing, each with what is wrong.</summary>
    public IReadOnlyList<string> Problems
    {
        get => _problems;
        init => _problems = [.. value];
    }

    /// <summary>Objects that no manifest names.</summary>
    public long Unreferenced { get; init; }

    /// <summary>Files removed or manifests mended, where repair was requested.</summary>
    public long Repaired { get; init; }

    /// <summary>Whether everything was whole.</summary>
    public bool IsHealthy => Problems.Count == 0;
}
