using MarketCache.Engine.Storage;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Caching;

/// <summary>Reads blocks of a series that lie one after another, leaving out those that cannot be read.</summary>
internal sealed class BlockReader
{
    private readonly CacheStore _store;
    private readonly CachedSeries _series;
    private readonly List<MarketTable> _tables = [];
    private readonly List<CachedBlock> _read = [];
    private readonly List<int> _lost = [];
    private readonly List<int> _waiting = [];
    private readonly List<ReadOnlyMemory<byte>> _bytes = [];
    private readonly List<ObjectBuffer> _buffers = [];

    private BlockReader(CacheStore store, CachedSeries series)
    {
        _store = store;
        _series = series;
    }

    /// <summary>The series with the rows of those blocks loaded.</summary>
    /// <param name="store">Where the objects are.</param>
    /// <param name="series">The series.</param>
    /// <param name="first">Index of the first block.</param>
    /// <param name="last">Index of the last block; blocks loaded already lie between the two.</param>
    public static CachedSeries Read(CacheStore store, CachedSeries series, int first, int last)
    {
        var reader = new BlockReader(store, series);
        try
        {
            for (var i = first; i <= last; i++)
            {
                reader.Read(i);
            }

            reader.Decode();
            return reader.ToSeries(first, last);
        }
        finally
        {
            reader.Release();
        }
    }

    private void Read(int index)
    {
        var block = _series.Blocks[index];
        if (index >= _series.FirstLoaded && index < _series.FirstLoaded + _series.LoadedCount)
        {
            if (index == _series.FirstLoaded)
            {
                Decode();
                _tables.Add(_series.Rows);
            }

            _read.Add(block);
        }
        else if (block.Entry is { } entry && _store.TryReadObject(entry.Hash, entry.StoredBytes, out var buffer))
        {
            _buffers.Add(buffer);
            _waiting.Add(index);
            _bytes.Add(buffer.Memory);
        }
        else
        {
            _lost.Add(index);
        }
    }

    /// <summary>Decodes what has been read since: together where the blocks' columns are the same, as they nearly always are.</summary>
    private void Decode()
    {
        if (_waiting.Count > 1 && DecodeTogether() is { } all)
        {
            _tables.Add(all);
            foreach (var index in _waiting)
            {
                _read.Add(_series.Blocks[index]);
            }
        }
        else
        {
            for (var i = 0; i < _waiting.Count; i++)
            {
                DecodeAlone(_waiting[i], _bytes[i].Span);
            }
        }

        Release();
    }

    private MarketTable? DecodeTogether()
    {
        try
        {
            if (!TableCodec.TryDecodeConcat(_bytes, out var all))
            {
                return null;
            }

            var rows = 0;
            foreach (var index in _waiting)
            {
                var block = _series.Blocks[index];
                if (!Holds(all!, rows, block))
                {
                    return null;
                }

                rows += block.Rows;
            }

            return rows == all!.RowCount ? all : null;
        }
        catch (TableFormatException)
        {
            // One of them; which, they tell one by one.
            return null;
        }
    }

    private void DecodeAlone(int index, ReadOnlySpan<byte> bytes)
    {
        var block = _series.Blocks[index];
        try
        {
            var rows = TableCodec.Decode(bytes);
            if (rows.RowCount == block.Rows && Holds(rows, 0, block))
            {
                _tables.Add(rows);
                _read.Add(block);
                return;
            }
        }
        catch (TableFormatException)
        {
            // The bytes are what was written (their hash says so), but this version cannot read them: a miss like any other.
        }

        _lost.Add(index);
    }

    private static bool Holds(MarketTable table, int row, CachedBlock block) =>
        block.Rows > 0 && row + block.Rows <= table.RowCount && table.Columns[0].Kind is ColumnKind.Date or ColumnKind.Instant
        && RowKeys.At(table, row) == block.FirstKey && RowKeys.At(table, row + block.Rows - 1) == block.LastKey;

    private CachedSeries ToSeries(int first, int last)
    {
        var runs = _series.Runs;
        foreach (var index in _lost)
        {
            // The rows that are gone may have lain anywhere between the neighbours' rows.
            var from = index == 0 ? long.MinValue : _series.Blocks[index - 1].LastKey + 1;
            var to = index == _series.Blocks.Count - 1 ? long.MaxValue : _series.Blocks[index + 1].FirstKey - 1;
            runs = Coverage.Remove(runs, from, to);
        }

        return new CachedSeries
        {
            Key = _series.Key,
            Runs = runs,
            Blocks = _lost.Count == 0 ? _series.Blocks : [.. _series.Blocks.Take(first), .. _read, .. _series.Blocks.Skip(last + 1)],
            FirstLoaded = first,
            LoadedCount = _read.Count,
            Rows = Join(),
            Epoch = _series.Epoch,
            Version = _series.Version,
            Properties = _series.Properties,
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

    private void Release()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }

        _buffers.Clear();
        _waiting.Clear();
        _bytes.Clear();
    }
}
