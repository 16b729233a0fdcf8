using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine;

/// <summary>
/// Encodes stored blocks anew where that makes them smaller: those written while compression was off, or by a version that encoded
/// less well. Series are taken one at a time, under the lock that a fetch takes; one that is being fetched is left for the next time.
/// </summary>
/// <param name="rooms">The engine's rooms.</param>
internal sealed class SeriesRecompression(EngineRooms rooms)
{
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(250);

    /// <summary>Goes through every series of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Ends the work; what has been done stays.</param>
    /// <returns>The blocks that became smaller, and what that freed.</returns>
    /// <exception cref="CacheStoreException">The folder cannot be read or written.</exception>
    public async ValueTask<MaintenanceReport> RunAsync(CacheStore store, CancellationToken cancellationToken)
    {
        long blocks = 0;
        var before = store.Usage.AllocatedBytes;
        foreach (var key in store.Enumerate().Select(info => info.Manifest.Key).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var held = await store.LockAsync(rooms.Router.FeedKeyOf(key), LockWait, cancellationToken).ConfigureAwait(false);
            if (held is not null && store.TryReadManifest(key, out var manifest))
            {
                blocks += Recompress(store, manifest);
            }
        }

        var freed = blocks > 0 ? Math.Max(0, before - store.Usage.AllocatedBytes) : 0;
        return new MaintenanceReport(0, 0, freed) { BlocksRecompressed = blocks };
    }

    private int Recompress(CacheStore store, SeriesManifest manifest)
    {
        var entries = manifest.Blocks.ToArray();
        var objects = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < entries.Length; i++)
        {
            if (Smaller(store, entries[i]) is { } bytes)
            {
                entries[i] = entries[i] with { Hash = Hash128.Of(bytes), StoredBytes = bytes.Length };
                objects.Add(bytes);
            }
        }

        if (objects.Count > 0)
        {
            store.WriteSeries(manifest with { Blocks = entries, Version = manifest.Version + 1 }, objects);

            // What memory holds of it names objects that are gone.
            rooms.Tiers.Remove(manifest.Key, memory: true, disk: false);
        }

        return objects.Count;
    }

    private static byte[]? Smaller(CacheStore store, BlockEntry entry)
    {
        var bytes = new byte[entry.StoredBytes];
        if (!store.TryReadObject(entry.Hash, bytes))
        {
            return null;
        }

        try
        {
            var table = TableCodec.Decode(bytes);
            var encoded = table.RowCount == entry.Rows ? TableCodec.Encode(table) : bytes;
            return encoded.Length < bytes.Length ? encoded : null;
        }
        catch (TableFormatException)
        {
            // Another version's: it stays as it is.
            return null;
        }
    }
}
