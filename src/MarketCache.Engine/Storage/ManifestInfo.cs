namespace MarketCache.Engine.Storage;

/// <summary>A stored manifest and what the file system knows of it.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="FileBytes">Size of the manifest's file.</param>
/// <param name="LastAccess">When the series was last written or touched (see <see cref="CacheStore.Touch"/>), UTC.</param>
internal sealed record ManifestInfo(SeriesManifest Manifest, int FileBytes, DateTime LastAccess)
{
    /// <summary>Bytes of the manifest and the objects it names.</summary>
    public long TotalBytes => FileBytes + Manifest.Blocks.Sum(static block => (long)block.StoredBytes);
}
