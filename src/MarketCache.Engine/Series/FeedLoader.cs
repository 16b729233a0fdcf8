using System.Buffers;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>Loads the rows of a feed's blocks, each verified by its hash.</summary>
internal static class FeedLoader
{
    /// <summary>The feed with the rows between two keys loaded, and those that lie between them and the ones that are loaded already.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="firstKey">First key.</param>
    /// <param name="lastKey">Last key.</param>
    /// <param name="read">Reads an object into a buffer; false if it cannot be had.</param>
    /// <returns>
    /// The feed, and whether an object was missing or damaged: then it no longer claims to know what lay in it.
    /// </returns>
    public static async ValueTask<(Feed Feed, bool IsLossy)> LoadAsync(
        Feed feed, long firstKey, long lastKey, Func<StoredObject, Memory<byte>, ValueTask<bool>> read)
    {
        var (first, last) = feed.BlocksBetween(firstKey, lastKey);
        if (feed.LoadedCount > 0)
        {
            first = Math.Min(first, feed.FirstLoaded);
            last = Math.Max(last, feed.FirstLoaded + feed.LoadedCount - 1);
            if (first == feed.FirstLoaded && last == feed.FirstLoaded + feed.LoadedCount - 1)
            {
                return (feed, false);
            }
        }

        using var work = new Work(feed);
        for (var i = first; i <= last; i++)
        {
            if (i >= feed.FirstLoaded && i < feed.FirstLoaded + feed.LoadedCount)
            {
                work.AddLoaded();
            }
            else if (feed.Blocks[i].Object is { } wanted)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted.Length, 1));
                var found = await read(wanted, buffer.AsMemory(0, wanted.Length)).ConfigureAwait(false);
                work.Add(i, buffer, found ? wanted.Length : -1);
            }
            else
            {
                work.Add(i, feed.Tail);
            }
        }

        return work.Finish(first, last - first + 1);
    }

    private sealed class Work(Feed feed) : IDisposable
    {
        private readonly List<byte[]> _rented = [];
        private readonly List<(int Index, ReadOnlyMemory<byte> Bytes)> _waiting = [];
        private readonly List<IReadOnlyList<NamedTable>> _parts = [];
        private readonly List<int> _lost = [];
        private bool _hasLoaded;

        public void AddLoaded()
        {
            if (!_hasLoaded)
            {
                _hasLoaded = true;
                Decode();
                _parts.Add([.. feed.Views.Select(static view => new NamedTable(view.BlockName, view.Rows))]);
            }
        }

        public void Add(int index, byte[] rented, int length)
        {
            // A read that was given up may still write to its buffer: only one that succeeded is used again.
            if (length < 0)
            {
                _lost.Add(index);
                return;
            }

            _rented.Add(rented);
            Add(index, rented.AsMemory(0, length));
        }

        public void Add(int index, ReadOnlyMemory<byte> bytes) => _waiting.Add((index, bytes));

        public (Feed Feed, bool IsLossy) Finish(int first, int count)
        {
            Decode();
            var views = feed.Views.Select(view => view with { Rows = Join(view.BlockName) }).ToArray();
            var blocks = feed.Blocks;
            foreach (var index in _lost)
            {
                // What the block held is no longer known, of any type.
                var (from, to) = (feed.Blocks[index].From, feed.LastKeyOf(index));
                for (var i = 0; i < views.Length; i++)
                {
                    views[i] = views[i] with
                    {
                        Runs = Coverage.Remove(views[i].Runs, from, to),
                        Counts = [.. views[i].Counts.Select((rows, at) => at == index ? 0 : rows)],
                    };
                }

                blocks = [.. blocks.Select((block, at) => at == index ? block with { IsChanged = true, Object = null } : block)];
            }

            return (feed with { Views = views, Blocks = blocks, FirstLoaded = first, LoadedCount = count }, _lost.Count > 0);
        }

        public void Dispose()
        {
            foreach (var buffer in _rented)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        private void Decode()
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            try
            {
                var tables = BlockCodec.DecodeConcat([.. _waiting.Select(static block => block.Bytes)]);
                if (IsAsClaimed(tables, _waiting[0].Index, _waiting[^1].Index))
                {
                    _parts.Add(tables);
                    _waiting.Clear();
                    return;
                }
            }
            catch (TableFormatException)
            {
                // One of them is damaged; they are decoded one by one to find it.
            }

            foreach (var (index, bytes) in _waiting)
            {
                try
                {
                    var tables = bytes.Length == 0 ? [] : BlockCodec.Decode(bytes.Span);
                    if (IsAsClaimed(tables, index, index))
                    {
                        _parts.Add(tables);
                        continue;
                    }
                }
                catch (TableFormatException)
                {
                    // The bytes are what was written (their hash says so), but this version cannot read them: a miss like any other.
                }

                _lost.Add(index);
            }

            _waiting.Clear();
        }

        /// <summary>Whether blocks hold as many rows as the feed says of them, each between the keys of its block.</summary>
        private bool IsAsClaimed(IReadOnlyList<NamedTable> tables, int first, int last)
        {
            var (from, to) = (feed.Blocks[first].From, feed.LastKeyOf(last));
            foreach (var view in feed.Views)
            {
                var claimed = 0L;
                for (var i = first; i <= last; i++)
                {
                    claimed += view.Counts[i];
                }

                var rows = tables.FirstOrDefault(table => table.Name == view.BlockName).Rows;
                if ((rows?.RowCount ?? 0) != claimed)
                {
                    return false;
                }

                if (claimed > 0 && (rows!.Columns[0].Kind is not (ColumnKind.Date or ColumnKind.Instant) || rows.Columns[0].HasNulls
                    || RowKeys.At(rows, 0) < from || RowKeys.At(rows, rows.RowCount - 1) > to))
                {
                    return false;
                }
            }

            return true;
        }

        private MarketTable Join(string name)
        {
            var tables = new List<MarketTable>();
            foreach (var part in _parts)
            {
                if (part.FirstOrDefault(table => table.Name == name).Rows is { RowCount: > 0 } rows)
                {
                    tables.Add(rows);
                }
            }

            if (tables.Count < 2)
            {
                return tables.Count == 0 ? MarketTable.Empty : tables[0];
            }

            var shape = tables[0];
            foreach (var table in tables)
            {
                (shape, _) = TableShape.Align(shape, table);
            }

            for (var i = 0; i < tables.Count; i++)
            {
                (_, tables[i]) = TableShape.Align(shape, tables[i]);
            }

            return MarketTable.Concat(tables);
        }
    }
}
