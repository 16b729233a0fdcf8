namespace MarketCache.Engine.Tiers;

/// <summary>A new state of a feed, to replace the one it was built on.</summary>
/// <param name="Key">The feed's canonical key.</param>
/// <param name="Seen">The state it was built on; null if there was none.</param>
/// <param name="Stamp">The new state's <see cref="FeedState.Stamp"/>; a tier that knows of a later clear refuses it.</param>
/// <param name="Version">The new state's <see cref="FeedState.Version"/>.</param>
/// <param name="Body">Coverage, facts and recent rows; opaque to tiers.</param>
/// <param name="RawBytes">The size of the rows in <paramref name="Body"/> uncompressed, for statistics.</param>
/// <param name="Objects">Every object of the new state.</param>
/// <param name="NewObjects">The bytes of those objects that the state it was built on did not have.</param>
internal sealed record FeedWrite(
    string Key,
    FeedState? Seen,
    long Stamp,
    long Version,
    ReadOnlyMemory<byte> Body,
    int RawBytes,
    IReadOnlyList<StoredObject> Objects,
    IReadOnlyList<ReadOnlyMemory<byte>> NewObjects);

/// <summary>The result of a <see cref="FeedWrite"/>.</summary>
internal enum FeedWriteResult
{
    /// <summary>The new state is in place.</summary>
    Replaced,

    /// <summary>Another state is there than the one it was built on, or a later clear: read again, and join.</summary>
    Conflict,

    /// <summary>The tier is busy or has no room for the feed; its previous state stays. The tier reports and counts it.</summary>
    LeftOut,
}
