namespace MarketCache.Engine.Tiers;

/// <summary>
/// A tier below memory that holds feeds: the folder, or a server that a team shares. Everything read has been verified; what is
/// missing or damaged is a miss. A tier that cannot be used throws <see cref="FeedTierException"/>; the caller decides when
/// to ask again. Safe for use by many threads.
/// </summary>
internal interface IFeedTier
{
    /// <summary>What the tier has done and holds.</summary>
    CacheTierStatistics Statistics { get; }

    /// <summary>The state of a feed, without its bytes; null if the tier has none.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<FeedState?> LookAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads a feed; null if the tier has none. Counts as a use.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<StoredFeed?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads and verifies an object; false if it is missing or damaged.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="wanted">The object.</param>
    /// <param name="destination">At least as long as the object; filled from its start.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<bool> ReadObjectAsync(string key, StoredObject wanted, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Replaces a feed's state if the tier still has the one that the new state was built on, all or nothing.</summary>
    /// <param name="write">The new state.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result, and the state that is in place now (null for none).</returns>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<(FeedWriteResult Result, FeedState? Now)> ReplaceAsync(FeedWrite write, CancellationToken cancellationToken);

    /// <summary>Removes a feed, leaving a tombstone: states built on an earlier clear are refused from now on.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="stamp">The clear, UTC ticks; the tier makes it later than all it has seen of the feed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The stamp written, and whether there was anything to remove.</returns>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<(long Stamp, bool WasThere)> RemoveAsync(string key, long stamp, CancellationToken cancellationToken);

    /// <summary>Removes every feed, leaving one tombstone for all.</summary>
    /// <param name="stamp">The clear, UTC ticks; the tier makes it later than all it has seen.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The stamp written, and what was removed.</returns>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<(long Stamp, MaintenanceReport Removed)> ClearAsync(long stamp, CancellationToken cancellationToken);

    /// <summary>The latest clear of a feed that the tier knows, UTC ticks; 0 for none. States that are built on nothing start from it.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<long> LastClearAsync(string key, CancellationToken cancellationToken);

    /// <summary>Lists every feed. Damaged ones are put aside and left out.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    IAsyncEnumerable<FeedListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>Notes a use of a feed, so that it is evicted late. Never throws; cheap, and rarely written.</summary>
    /// <param name="key">The feed's canonical key.</param>
    void Touch(string key);

    /// <summary>
    /// Takes the lease on a feed, by which only one fetches it at a time; null when the wait ran out. A lease saves calls and protects
    /// nothing: <see cref="ReplaceAsync"/> does.
    /// </summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="wait">How long to wait for another holder.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<IAsyncDisposable?> LeaseAsync(string key, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Changes every second or so while a living holder has the lease; 0 if nobody holds it.</summary>
    /// <param name="key">The feed's canonical key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FeedTierException">The tier cannot be used.</exception>
    ValueTask<long> LeaseBeatAsync(string key, CancellationToken cancellationToken);
}
