namespace MarketCache.Engine.Storage;

/// <summary>Where a <see cref="CacheStore"/> lives and how far it may grow.</summary>
internal sealed record CacheStoreOptions
{
    private long _maxBytes = 1L << 30;

    /// <summary>The store's folder, absolute. Created by the first write, owner-only.</summary>
    public required string Directory { get; init; }

    /// <summary>The most bytes the folder may allocate, folders and temporary files included. May change while the store is open: the next write keeps to it.</summary>
    public long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set => Volatile.Write(ref _maxBytes, value);
    }

    /// <summary>
    /// How long one operation may take on a folder of a network share before it is given up. Local folders are called
    /// directly, as a hand-over to a guarding thread costs more than the read itself.
    /// </summary>
    public TimeSpan IoTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Guards every operation with <see cref="IoTimeout"/>, local or not; null to decide by the file system.</summary>
    public bool? GuardIo { get; init; }

    /// <summary>
    /// How long a write waits while no other writer of the folder makes progress (one of them is stopped) before it is given up;
    /// while they do, it waits up to ten times that.
    /// </summary>
    public TimeSpan WriteWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How old an object that no manifest names must be before a sweep removes it.</summary>
    public TimeSpan SweepGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How exactly the time of the last access is kept, so that reading costs no write each time.</summary>
    public TimeSpan AccessResolution { get; init; } = TimeSpan.FromMinutes(1);
}
