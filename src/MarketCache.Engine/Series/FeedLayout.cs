using System.Diagnostics;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>
/// Divides a feed's rows into blocks. Recent rows and provisional rows are in the feed's own file, which stays small, so
/// that a changed day rewrites little. Closed history is one object or a few large ones, rewritten only where it changes.
/// </summary>
internal static class FeedLayout
{
    // With its head and index, the file then takes one block of the disk, and a changed day encodes a year of rows at most.
    private const int MostTailBytes = 3 * 1024;
    private const int MostObjectBytes = 256 * 1024;

    // Rows that stay in the feed's file when it is relieved: what a look back of some days touches.
    private const int RowsThatStay = 24;

    /// <summary>What is to be stored of a feed.</summary>
    /// <param name="Feed">The feed in its new blocks, none of them changed.</param>
    /// <param name="Body">The bytes of its own file.</param>
    /// <param name="NewObjects">The bytes of the objects that the stored state does not have.</param>
    /// <param name="RawBytes">The size of the rows in <paramref name="Body"/> uncompressed.</param>
    internal sealed record Sealed(Feed Feed, byte[] Body, IReadOnlyList<ReadOnlyMemory<byte>> NewObjects, int RawBytes);

    /// <summary>Whether another block should be loaded before a feed is changed: the last object, as long as it is small, takes rows in.</summary>
    /// <param name="feed">The feed.</param>
    /// <returns>The first key that should be loaded.</returns>
    public static long FirstKeyForWriting(Feed feed) =>
        feed.Blocks.Count > 1 && feed.Tail.Length > MostTailBytes / 2 && feed.Blocks[^2].Object is { Length: < MostObjectBytes / 2 }
            ? feed.Blocks[^2].From
            : feed.Blocks[^1].From;

    /// <summary>Encodes what has changed.</summary>
    /// <param name="feed">The feed; its last block is loaded.</param>
    /// <param name="compress">Whether rows are compressed.</param>
    public static Sealed Seal(Feed feed, bool compress)
    {
        Debug.Assert(feed.FirstLoaded + feed.LoadedCount == feed.Blocks.Count, "The last block is rewritten with every state.");
        var work = new Work(feed, compress);
        for (var i = feed.FirstLoaded; i < feed.Blocks.Count - 1; i++)
        {
            work.Add(i);
        }

        return work.Finish();
    }

    private sealed class Work(Feed feed, bool compress)
    {
        private readonly List<FeedBlock> _blocks = [.. feed.Blocks.Take(feed.FirstLoaded)];
        private readonly List<ReadOnlyMemory<byte>> _new = [];
        private long? _from;

        /// <summary>Takes a loaded block over, re-encoded where it has changed.</summary>
        public void Add(int index)
        {
            var block = feed.Blocks[index];
            if (!block.IsChanged && _from is null)
            {
                _blocks.Add(block);
                return;
            }

            var from = _from ?? block.From;
            _from = null;
            if (!block.IsChanged)
            {
                // The keys of blocks that have lost all their rows fall to the next one.
                _blocks.Add(block with { From = from });
                return;
            }

            if (!AddObjects(from, feed.LastKeyOf(index)))
            {
                _from = from;
            }
        }

        public Sealed Finish()
        {
            var last = feed.Blocks[^1];
            var from = _from ?? last.From;
            var tail = feed.Tail;
            var raw = 0;
            if (last.IsChanged || tail.IsEmpty || from != last.From)
            {
                (tail, raw) = Encode(from, long.MaxValue);
                if (tail.Length > MostTailBytes && Relieve(from, tail.Length) is { } stays)
                {
                    from = stays;
                    (tail, raw) = Encode(from, long.MaxValue);
                }
            }
            else
            {
                raw = BlockCodec.RawBytes(Tables(from, long.MaxValue));
            }

            _blocks.Add(new FeedBlock(from, null, IsChanged: false));
            var laid = Laid(tail);
            return new Sealed(laid, FeedCodec.Encode(laid, tail.Span), _new, raw);
        }

        /// <summary>Moves older rows of the feed's own file into an object, into the last one where that is small.</summary>
        /// <returns>The first key that stays, or null if nothing is to be moved.</returns>
        private long? Relieve(long from, int bytes)
        {
            if (FirstStaying(from) is not { } stays)
            {
                return null;
            }

            var start = from;
            if (_blocks.Count > feed.FirstLoaded && _blocks[^1].Object is { } small && small.Length + bytes <= MostObjectBytes)
            {
                start = _blocks[^1].From;
                _new.RemoveAll(written => Files.Hash128.Of(written.Span) == small.Hash);
                _blocks.RemoveAt(_blocks.Count - 1);
            }

            AddObjects(start, stays - 1);
            return stays;
        }

        private long? FirstStaying(long from)
        {
            MarketTable? longest = null;
            var unsettled = long.MaxValue;
            foreach (var view in feed.Views)
            {
                var rows = RowKeys.Between(view.Rows, from, long.MaxValue);
                longest = longest is null || rows.RowCount > longest.RowCount ? rows : longest;
                foreach (var run in view.Runs)
                {
                    if (!run.IsFinal && run.Last >= from)
                    {
                        var row = RowKeys.LowerBound(rows, run.First);
                        unsettled = row < rows.RowCount && RowKeys.At(rows, row) <= run.Last ? Math.Min(unsettled, RowKeys.At(rows, row)) : unsettled;
                    }
                }
            }

            if (longest is null || longest.RowCount < 4 * RowsThatStay)
            {
                return null;
            }

            // Rows of a type that is revised for years would keep all of it in the feed's file: then the newest stay, as with others.
            var newest = RowKeys.At(longest, longest.RowCount - RowsThatStay);
            return Math.Min(newest, unsettled) > RowKeys.At(longest, longest.RowCount / 2) ? Math.Min(newest, unsettled) : newest;
        }

        /// <summary>Encodes the rows between two keys as one object, or several where that is large; false if there are none.</summary>
        private bool AddObjects(long from, long to)
        {
            var tables = Tables(from, to);
            if (tables.Count == 0)
            {
                return false;
            }

            var bytes = BlockCodec.Encode(tables, compress);
            var longest = tables.MaxBy(static table => table.Rows.RowCount).Rows;
            if (bytes.Length > MostObjectBytes && longest.RowCount > 1)
            {
                var middle = RowKeys.At(longest, longest.RowCount / 2);
                AddObjects(from, middle - 1);
                AddObjects(middle, to);
                return true;
            }

            var stored = new StoredObject(Files.Hash128.Of(bytes), bytes.Length, BlockCodec.RawBytes(tables));
            _blocks.Add(new FeedBlock(from, stored, IsChanged: false));
            if (!(feed.Stored is not null && feed.Blocks.Any(block => block.Object is { } known && known.Hash == stored.Hash)))
            {
                _new.Add(bytes);
            }

            return true;
        }

        private (ReadOnlyMemory<byte> Bytes, int Raw) Encode(long from, long to)
        {
            var tables = Tables(from, to);
            return tables.Count == 0 ? (default, 0) : (BlockCodec.Encode(tables, compress), BlockCodec.RawBytes(tables));
        }

        private List<NamedTable> Tables(long from, long to)
        {
            var tables = new List<NamedTable>(feed.Views.Count);
            foreach (var view in feed.Views)
            {
                var rows = RowKeys.Between(view.Rows, from, to);
                if (rows.RowCount > 0)
                {
                    tables.Add(new NamedTable(view.BlockName, rows));
                }
            }

            return tables;
        }

        private Feed Laid(ReadOnlyMemory<byte> tail)
        {
            var views = new FeedView[feed.Views.Count];
            for (var i = 0; i < views.Length; i++)
            {
                var view = feed.Views[i];
                var counts = new int[_blocks.Count];
                for (var b = 0; b < counts.Length; b++)
                {
                    counts[b] = b < feed.FirstLoaded
                        ? view.Counts[b]
                        : RowKeys.Between(view.Rows, _blocks[b].From, b + 1 < _blocks.Count ? _blocks[b + 1].From - 1 : long.MaxValue).RowCount;
                }

                views[i] = view with { Counts = counts };
            }

            return feed with
            {
                Views = views,
                Blocks = _blocks,
                LoadedCount = _blocks.Count - feed.FirstLoaded,
                Tail = tail,
            };
        }
    }
}
