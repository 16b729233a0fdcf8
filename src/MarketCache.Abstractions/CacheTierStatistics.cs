namespace MarketCache;

/// <summary>What one tier has done and holds.</summary>
public sealed record CacheTierStatistics
{
    /// <summary>The tier: <c>Memory</c>, <c>Disk</c> or <c>Shared</c>.</summary>
    public required string Tier { get; init; }

    /// <summary>Whether configuration has it switched on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Look-ups that found their value.</summary>
    public long Hits { get; init; }

    /// <summary>Look-ups that did not.</summary>
    public long Misses { get; init; }

    /// <summary>Hits ÷ look-ups, 0 to 1; 0 if there was no look-up.</summary>
    public double HitRatio => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);

    /// <summary>Values stored.</summary>
    public long Puts { get; init; }

    /// <summary>Values removed to make room.</summary>
    public long Evictions { get; init; }

    /// <summary>Values removed because their TTL had passed.</summary>
    public long Expirations { get; init; }

    /// <summary>Values held.</summary>
    public long Entries { get; init; }

    /// <summary>Bytes held: managed bytes in memory, allocated bytes on disk.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of the same values uncompressed; equal to <see cref="Bytes"/> in memory.</summary>
    public long RawBytes { get; init; }

    /// <summary>The most entries the tier may hold; 0 for no limit.</summary>
    public long EntryLimit { get; init; }

    /// <summary>The most bytes the tier may hold; 0 for no limit.</summary>
    public long ByteLimit { get; init; }

    /// <summary>Damaged or foreign files met and put aside, and operations the tier failed at.</summary>
    public long Faults { get; init; }

    /// <summary>Why the tier is being skipped now, or null while it works.</summary>
    public string? Problem { get; init; }
}
