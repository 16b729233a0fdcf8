namespace MarketCache;

/// <summary>What exporting or importing cached series did.</summary>
public sealed record ArchiveReport
{
    private readonly string[] _problems = [];

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Series written to the file, or taken from it.</summary>
    public int Series { get; init; }

    /// <summary>Rows of those series.</summary>
    public long Rows { get; init; }

    /// <summary>Series left as they were because what is cached is as new.</summary>
    public int Skipped { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Series that could not be taken, each with the reason.</summary>
    public IReadOnlyList<string> Problems
    {
        get => _problems;
        init => _problems = [.. value];
    }
}
