namespace MarketCache.Engine.Store;

/// <summary>The place and limits of a <see cref="FolderTier"/>.</summary>
internal sealed record FolderTierOptions
{
    private long _maxBytes = 1L << 30;

    /// <summary>The folder, absolute. Created by the first write, owner-only.</summary>
    public required string Directory { get; init; }

    /// <summary>The maximum bytes that the folder may allocate, including folders and temporary files. May change while the tier is open.</summary>
    public long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set => Volatile.Write(ref _maxBytes, value);
    }

    /// <summary>Whether the folder's group may use and write it too: files get mode 0660, folders 2770, and files of the group are trusted.</summary>
    public bool SharedByGroup { get; init; }

    /// <summary>
    /// The time limit of one operation on a network share. Local folders are called
    /// directly, because handing over to a guarding thread costs more than the read itself.
    /// </summary>
    public TimeSpan IoTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Guards every operation with <see cref="IoTimeout"/>, local or not; null to decide by the file system.</summary>
    public bool? GuardIo { get; init; }

    /// <summary>
    /// How long a write waits while no other writer of the folder makes progress (one of them is suspended) before it gives up;
    /// while they make progress, it waits up to ten times that.
    /// </summary>
    public TimeSpan WriteWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How old an object that no feed names must be before a sweep removes it.</summary>
    public TimeSpan SweepGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The precision of the time of last use, so that not every read costs a write.</summary>
    public TimeSpan UseResolution { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How old a feed's file must be before it is kept in the place of the one before it.</summary>
    public TimeSpan SettleAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum bytes that quarantined files may allocate.</summary>
    public long QuarantineBytes => Math.Min(MaxBytes / 64, 16L << 20);

    /// <summary>The part of the limit that feeds may allocate: the rest is for folders, small files and the quarantine, so none of them evicts a feed.</summary>
    public long FeedBytes => MaxBytes - QuarantineBytes - LedgerPage.Overhead - Math.Clamp(MaxBytes / 128, 32 << 10, 1 << 20);
}
