namespace MarketCache.Engine.Tables;

/// <summary>
/// The rows of blocks one after another, read straight into the arrays of the result. Columns that share their rows in every block
/// share them in the result.
/// </summary>
internal sealed class BlockJoiner : IDisposable
{
    private readonly List<BlockLayout> _blocks = [];
    private readonly List<string> _names = [];
    private readonly List<Joined> _columns = [];

    /// <summary>Takes in one block.</summary>
    /// <exception cref="TableFormatException">The bytes are not a block.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var block = BlockLayout.Read(bytes);
        _blocks.Add(block);
        foreach (var table in block.Tables)
        {
            if (_blocks.Count == 1 || !_names.Contains(table.Name))
            {
                _names.Add(table.Name);
            }
        }
    }

    /// <summary>The tables, in order of first appearance.</summary>
    /// <exception cref="TableFormatException">A value is impossible.</exception>
    /// <exception cref="ProviderException">Blocks hold values of one column that do not go together.</exception>
    public NamedTable[] Join()
    {
        // A table whose columns are not the same in all blocks is joined from tables.
        var plans = new int[_names.Count][];
        var isUniform = true;
        for (var i = 0; i < plans.Length; i++)
        {
            plans[i] = TryPlan(_names[i])!;
            isUniform &= plans[i] is not null;
        }

        Decode();
        var tables = new NamedTable[plans.Length];
        for (var i = 0; i < plans.Length; i++)
        {
            tables[i] = new NamedTable(_names[i], plans[i] is { } plan ? Table(_names[i], plan) : Align(_names[i]));
        }

        return isUniform ? tables : ColumnSharing.Share(tables);
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Dispose();
        }

        _blocks.Clear();
    }

    private static int Find(BlockLayout block, string name) => block.Tables.FindIndex(t => t.Name == name);

    // For each of the table's columns, which joined column has its rows; null if the blocks' columns differ.
    private int[]? TryPlan(string name)
    {
        var places = new int[_blocks.Count];
        BlockLayout? first = null;
        BlockLayout.Table shape = default;
        for (var b = 0; b < places.Length; b++)
        {
            var block = _blocks[b];
            places[b] = Find(block, name);
            if (places[b] < 0)
            {
                continue;
            }

            var table = block.Tables[places[b]];
            if (first is null)
            {
                (first, shape) = (block, table);
            }
            else if (!HasSameShape(first, shape, block, table))
            {
                return null;
            }
        }

        var plan = new int[shape.Count];
        for (var c = 0; c < plan.Length; c++)
        {
            var parts = new int[places.Length];
            for (var b = 0; b < parts.Length; b++)
            {
                parts[b] = places[b] < 0 ? -1 : _blocks[b].References[_blocks[b].Tables[places[b]].First + c].Column;
            }

            plan[c] = _columns.FindIndex(j => j.Parts.AsSpan().SequenceEqual(parts));
            if (plan[c] < 0)
            {
                plan[c] = _columns.Count;
                _columns.Add(new Joined(first!.Columns[first.References[shape.First + c].Column].Kind, parts));
            }
        }

        return plan;
    }

    private static bool HasSameShape(BlockLayout first, BlockLayout.Table shape, BlockLayout block, BlockLayout.Table table)
    {
        var isSame = table.Count == shape.Count;
        for (var c = 0; isSame && c < shape.Count; c++)
        {
            var (a, b) = (first.References[shape.First + c], block.References[table.First + c]);
            isSame = a.Name == b.Name && first.Columns[a.Column].Kind == block.Columns[b.Column].Kind;
        }

        return isSame;
    }

    private void Decode()
    {
        long bytes = 0;
        foreach (var column in _columns)
        {
            column.Measure(_blocks);
            bytes += column.Bytes;
        }

        if (bytes > TableFormat.MaxBlockBytes)
        {
            TableFormat.Fail($"Rows of {bytes} bytes are beyond the bound of {TableFormat.MaxBlockBytes}.");
        }

        foreach (var column in _columns)
        {
            column.Allocate();
        }

        for (var b = 0; b < _blocks.Count; b++)
        {
            Decode(b);
        }
    }

    private void Decode(int index)
    {
        var block = _blocks[index];
        var targets = new Joined?[block.Columns.Length];
        foreach (var column in _columns)
        {
            if (column.Parts[index] is >= 0 and var part)
            {
                targets[part] ??= column;
            }
        }

        var decoder = new ColumnDecoder(block.Padded);
        Span<ColumnWindow> windows = [default, default, default, default];
        for (var i = 0; i < targets.Length; i++)
        {
            var bars = block.Columns[i].Prediction >= Prediction.BarOpen ? 4 : 1;
            var isWanted = false;
            for (var part = 0; part < bars; part++)
            {
                isWanted |= targets[i + part] is not null;
            }

            for (var part = 0; part < bars && isWanted; part++)
            {
                windows[part] = targets[i + part]?.Window ?? new ColumnWindow(new double[block.Columns[i + part].Rows], null, 0);
            }

            if (isWanted && bars == 1)
            {
                decoder.Read(block.Columns[i], windows[0]);
            }
            else if (isWanted)
            {
                decoder.ReadBars(block.Columns.AsSpan(i, 4), windows);
            }

            i += bars - 1;
        }

        foreach (var column in _columns)
        {
            if (column.Parts[index] is >= 0 and var part && targets[part] != column)
            {
                column.CopyFrom(targets[part]!, block.Columns[part].Rows);
            }
        }

        foreach (var column in _columns)
        {
            column.Advance(column.Parts[index] is >= 0 and var part ? block.Columns[part].Rows : 0);
        }
    }

    private MarketTable Table(string name, int[] plan)
    {
        if (plan.Length == 0)
        {
            return MarketTable.Empty;
        }

        var block = _blocks.Find(b => Find(b, name) >= 0)!;
        var first = block.Tables[Find(block, name)].First;
        var columns = new MarketColumn[plan.Length];
        for (var c = 0; c < columns.Length; c++)
        {
            columns[c] = _columns[plan[c]].ToColumn(block.References[first + c].Name);
        }

        try
        {
            return new MarketTable(columns);
        }
        catch (ArgumentException e)
        {
            throw new TableFormatException($"The columns do not make a table: {e.Message}", e);
        }
    }

    private MarketTable Align(string name)
    {
        MarketTable? joined = null;
        foreach (var block in _blocks)
        {
            if (Find(block, name) < 0)
            {
                continue;
            }

            var one = new BlockJoiner { _blocks = { block }, _names = { name } };
            var table = one.Join()[0].Rows;
            var (before, after) = TableShape.Align(joined ?? table.Slice(0, 0), table);
            joined = MarketTable.Concat([before, after]);
        }

        return joined!;
    }

    /// <summary>A column of the result.</summary>
    private sealed class Joined(ColumnKind kind, int[] parts)
    {
        private Array _values = Array.Empty<double>();
        private bool[]? _validity;
        private int _offset;
        private int _rows;
        private bool _hasNulls;
        private MarketColumn? _column;

        /// <summary>For each block the column whose rows it has, or −1.</summary>
        public int[] Parts => parts;

        /// <summary>The memory that its rows need.</summary>
        public long Bytes { get; private set; }

        /// <summary>Where the next block's rows go.</summary>
        public ColumnWindow Window => new(_values, _validity, _offset);

        public void Measure(List<BlockLayout> blocks)
        {
            long rows = 0;
            for (var b = 0; b < parts.Length; b++)
            {
                if (parts[b] >= 0)
                {
                    rows += blocks[b].Columns[parts[b]].Rows;
                    _hasNulls |= blocks[b].Columns[parts[b]].HasNulls;
                }
            }

            Bytes = rows * (TableFormat.Width(kind) + (_hasNulls ? 1 : 0));
            _rows = (int)Math.Min(rows, int.MaxValue);
        }

        // Every row is written before anyone sees the array, so that clearing it first would be for nothing.
        public void Allocate()
        {
            _values = kind switch
            {
                ColumnKind.Date => GC.AllocateUninitializedArray<DateOnly>(_rows),
                ColumnKind.Instant => GC.AllocateUninitializedArray<DateTime>(_rows),
                ColumnKind.Double => GC.AllocateUninitializedArray<double>(_rows),
                ColumnKind.Long => GC.AllocateUninitializedArray<long>(_rows),
                ColumnKind.Boolean => GC.AllocateUninitializedArray<bool>(_rows),
                _ => new string[_rows],
            };
            _validity = _hasNulls ? new bool[_rows] : null;
        }

        /// <summary>Takes the next block's rows from the column that they were read into.</summary>
        public void CopyFrom(Joined source, int rows)
        {
            Array.Copy(source._values, source._offset, _values, _offset, rows);
            if (_validity is null)
            {
                return;
            }

            if (source._validity is null)
            {
                _validity.AsSpan(_offset, rows).Fill(true);
            }
            else
            {
                source._validity.AsSpan(source._offset, rows).CopyTo(_validity.AsSpan(_offset));
            }
        }

        public void Advance(int rows) => _offset += rows;

        public MarketColumn ToColumn(string name)
        {
            _column ??= kind switch
            {
                ColumnKind.Date => MarketColumn.OfDates(name, (DateOnly[])_values, _validity),
                ColumnKind.Instant => MarketColumn.OfInstants(name, (DateTime[])_values, _validity),
                ColumnKind.Double => MarketColumn.OfDoubles(name, (double[])_values, _validity),
                ColumnKind.Long => MarketColumn.OfLongs(name, (long[])_values, _validity),
                ColumnKind.Boolean => MarketColumn.OfBooleans(name, (bool[])_values, _validity),
                _ => MarketColumn.OfStrings(name, (string?[])_values),
            };
            return _column.Name == name ? _column : _column.Rename(name);
        }
    }
}
