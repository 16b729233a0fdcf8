using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Caching;

/// <summary>Reads blocks of a series, leaving out those that cannot be read.</summary>
/// <param name="store">Where the objects are.</param>
/// <param name="series">The series.</param>
internal sealed class BlockReader(CacheStore store, CachedSeries series)
{
    private readonly List<MarketTable> _tables = [];
    private readonly List<CachedBlock> _read = [];
    private readonly List<int> _lost = [];

    /// <summary>Reads a block, or takes its rows from those already loaded.</summary>
    /// <param name="index">Index of the block.</param>
    public void Read(int index)
    {
        var block = series.Blocks[index];
        if (index >= series.FirstLoaded && index < series.FirstLoaded + series.LoadedCount)
        {
            if (index == series.FirstLoaded)
            {
                _tables.Add(series.Rows);
            }

            _read.Add(block);
            return;
        }

        if (block.Entry is { } entry && Decode(entry) is { } rows)
        {
            _tables.Add(rows);
            _read.Add(block);
        }
        else
        {
            _lost.Add(index);
        }
    }

    /// <summary>The series with what was read.</summary>
    /// <param name="first">Index of the first block asked for.</param>
    /// <param name="last">Index of the last block asked for.</param>
    public CachedSeries ToSeries(int first, int last)
    {
        var runs = series.Runs;
        foreach (var index in _lost)
        {
            // The rows that are gone may have lain anywhere between the neighbours' rows.
            var from = index == 0 ? long.MinValue : series.Blocks[index - 1].LastKey + 1;
            var to = index == series.Blocks.Count - 1 ? long.MaxValue : series.Blocks[index + 1].FirstKey - 1;
            runs = Coverage.Remove(runs, from, to);
        }

        return new CachedSeries
        {
            Key = series.Key,
            Runs = runs,
            Blocks = _lost.Count == 0 ? series.Blocks : [.. series.Blocks.Take(first), .. _read, .. series.Blocks.Skip(last + 1)],
            FirstLoaded = first,
            LoadedCount = _read.Count,
            Rows = Join(),
            Epoch = series.Epoch,
            Version = series.Version,
            Properties = series.Properties,
        };
    }

    private MarketTable Join()
    {
        if (_tables.Count < 2)
        {
            return _tables.Count == 0 ? MarketTable.Empty : _tables[0];
        }

        var shape = _tables[0];
        foreach (var table in _tables)
        {
            (shape, _) = TableShape.Align(shape, table);
        }

        for (var i = 0; i < _tables.Count; i++)
        {
            (_, _tables[i]) = TableShape.Align(shape, _tables[i]);
        }

        return MarketTable.Concat(_tables);
    }

    private MarketTable? Decode(BlockEntry entry)
    {
        if (!store.TryReadObject(entry.Hash, entry.StoredBytes, out var buffer))
        {
            return null;
        }

        using (buffer)
        {
            try
            {
                var rows = TableCodec.Decode(buffer.Bytes);
                return rows.RowCount == entry.Rows && rows.Columns.Count > 0 && RowKeys.At(rows, 0) == entry.FirstKey
                    && RowKeys.At(rows, rows.RowCount - 1) == entry.LastKey
                    ? rows
                    : null;
            }
            catch (TableFormatException)
            {
                // The bytes are what was written (their hash says so), but this version cannot read them: a miss like any other.
                return null;
            }
        }
    }
}
