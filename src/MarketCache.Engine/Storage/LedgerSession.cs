using System.Buffers.Binary;
using System.Numerics;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The account while it is held. Before a shard is changed it is written into the journal; the journal is cleared with
/// the last write, so a journal found on entry tells which shards a dead writer may have left different from their
/// records, and exactly those are counted again.
/// </summary>
internal sealed class LedgerSession : IDisposable
{
    private const int FewRecords = 4;
    private static readonly EnumerationOptions WithoutLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        RecurseSubdirectories = true,
    };

    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer;
    private readonly StoreLayout _layout;
    private readonly StoreFaults _faults;
    private readonly TimeProvider _time;
    private readonly Action<LedgerSession> _leave;
    private readonly HashSet<int> _dirty = [];
    private bool _journalled;
    private bool _keepJournal;
    private bool _headerDirty;

    public LedgerSession(SafeFileHandle file, byte[] buffer, StoreLayout layout, StoreFaults faults, TimeProvider time, Action<LedgerSession> leave)
    {
        _file = file;
        _buffer = buffer;
        _layout = layout;
        _faults = faults;
        _time = time;
        _leave = leave;
    }

    /// <summary>Bytes everything in the folder allocates.</summary>
    public long Total
    {
        get => this[LedgerLayout.TotalAt];
        private set => this[LedgerLayout.TotalAt] = value;
    }

    /// <summary>Shards whose record is not known, because the ledger was lost or damaged.</summary>
    public int Unknown => (int)this[LedgerLayout.UnknownAt];

    public long Objects => this[LedgerLayout.ObjectsAt];

    public long Series => this[LedgerLayout.SeriesAt];

    public long Blocks => this[LedgerLayout.BlocksAt];

    /// <summary>When a sweep last ended, UTC ticks; 0 for never.</summary>
    public long LastSweep
    {
        get => this[LedgerLayout.LastSweepAt];
        set => this[LedgerLayout.LastSweepAt] = value;
    }

    /// <summary>Series evicted since the ledger began.</summary>
    public long Evicted
    {
        get => this[LedgerLayout.EvictedAt];
        set => this[LedgerLayout.EvictedAt] = value;
    }

    private Span<byte> Journal => _buffer.AsSpan(LedgerLayout.JournalAt, LedgerLayout.JournalBytes);

    private long this[int offset]
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(_buffer.AsSpan(offset));
        set
        {
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(offset), value);
            _headerDirty = true;
        }
    }

    /// <summary>The totals.</summary>
    public StoreUsage Usage(long maxBytes) => LedgerLayout.ReadTotals(_buffer, maxBytes);

    /// <summary>Reads the ledger; makes it where it is missing, mends it where it is damaged.</summary>
    public void Load()
    {
        int read = PrivateFiles.ReadAll(_file, _buffer);
        if (read == 0)
        {
            Start();
        }
        else if (read < _buffer.Length || !LedgerLayout.IsHeader(_buffer))
        {
            _faults.CountDamage("damaged", _layout.Usage);
            _buffer.AsSpan(read).Clear();
            _buffer.AsSpan(0, LedgerLayout.HeaderBytes).Clear();
            SumUp();
            WriteAll();
        }

        if (Journal.ContainsAnyExcept((byte)0))
        {
            Recover();
        }
    }

    /// <summary>The record of a shard; false where it is not known.</summary>
    public bool TryGet(int index, out ShardRecord record) =>
        ShardRecord.TryRead(LedgerLayout.RecordOf(_buffer, index), index, out record);

    /// <summary>The record of a shard, counted now where it is not known.</summary>
    public ShardRecord Get(int index) => TryGet(index, out ShardRecord record) ? record : Recount(index);

    /// <summary>Runs a change of the folder; where it fails, the shards it announced are counted again by the next.</summary>
    public T Change<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch
        {
            KeepJournal();
            throw;
        }
    }

    /// <summary>Says, on disk, that a shard is about to change.</summary>
    public void Announce(params ReadOnlySpan<int> shards)
    {
        bool news = false;
        foreach (int shard in shards)
        {
            byte bit = (byte)(1 << (shard & 7));
            news |= (Journal[shard >> 3] & bit) == 0;
            Journal[shard >> 3] |= bit;
        }

        if (news || !_journalled)
        {
            _journalled = true;
            WriteHeader();
        }
    }

    /// <summary>Replaces the record of a shard and brings the totals along.</summary>
    public void Set(int index, ShardRecord record)
    {
        bool known = TryGet(index, out ShardRecord old);
        record.Write(LedgerLayout.RecordOf(_buffer, index), index);
        _dirty.Add(index);
        if (known)
        {
            Tally(index, old, -1);
            Tally(index, record, 1);
        }
        else
        {
            SumUp();
        }
    }

    /// <summary>Counts a shard's files and replaces its record; what only manifests tell is kept.</summary>
    public ShardRecord Recount(int index)
    {
        ShardRecord counted = CountFiles(index);
        if (TryGet(index, out ShardRecord old))
        {
            counted.RawBytes = old.RawBytes;
            counted.Blocks = old.Blocks;
        }

        Set(index, counted);
        return counted;
    }

    /// <summary>Counts the shards whose record is not known; false where time ran out before the last.</summary>
    public bool CountUnknown(Func<bool> expired)
    {
        bool[] exists = new bool[LedgerLayout.Records];
        exists[LedgerLayout.Other] = true;
        Note(_layout.Objects, 0);
        Note(_layout.Series, LedgerLayout.FirstSeries);
        bool done = true;
        for (int index = 0; index < LedgerLayout.Records; index++)
        {
            if (TryGet(index, out _))
            {
                continue;
            }

            if (exists[index] && expired())
            {
                done = false;
                break;
            }

            // The totals are summed up once, at the end.
            ShardRecord record = exists[index] ? CountFiles(index) : new ShardRecord { Oldest = long.MaxValue };
            record.Write(LedgerLayout.RecordOf(_buffer, index), index);
            _dirty.Add(index);
        }

        SumUp();
        return done;

        void Note(string folder, int first)
        {
            DirectoryInfo info = new(folder);
            foreach (DirectoryInfo shard in info.Exists ? info.EnumerateDirectories() : [])
            {
                if (byte.TryParse(shard.Name, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out byte number))
                {
                    exists[first + number] = true;
                }
            }
        }
    }

    /// <summary>Marks what was announced as possibly different from its record: the next to enter counts it again.</summary>
    public void KeepJournal() => _keepJournal = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            WriteRecords();

            if (_journalled || _headerDirty)
            {
                if (!_keepJournal)
                {
                    Journal.Clear();
                }

                WriteHeader();
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // The journal on disk still names what changed.
            _faults.CountFailure(_layout.Usage, error);
        }
        finally
        {
            _file.Dispose();
            _leave(this);
        }
    }

    private void Start()
    {
        Array.Clear(_buffer);
        bool fresh = !HasContent(_layout.Series) && !HasContent(_layout.Objects);
        if (fresh)
        {
            for (int i = 0; i < LedgerLayout.Other; i++)
            {
                new ShardRecord { Oldest = long.MaxValue }.Write(LedgerLayout.RecordOf(_buffer, i), i);
            }
        }

        SumUp();
        WriteAll();
    }

    private static bool HasContent(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    /// <summary>A writer died in the middle: its temporary files are garbage, the shards it announced are counted again.</summary>
    private void Recover()
    {
        foreach (string temp in Directory.Exists(_layout.Temp) ? Directory.GetFiles(_layout.Temp) : [])
        {
            PrivateFiles.TryDelete(temp);
        }

        for (int i = 0; i < Journal.Length; i++)
        {
            for (byte bits = Journal[i]; bits != 0; bits = (byte)(bits & (bits - 1)))
            {
                int index = (i * 8) + BitOperations.TrailingZeroCount(bits);
                if (index < LedgerLayout.Records)
                {
                    Recount(index);
                }
            }
        }

        // The header may tell of a change whose record was never written: only the sum of the records counts.
        SumUp();
        _headerDirty = true;
    }

    private void SumUp()
    {
        Total = 0;
        this[LedgerLayout.RawAt] = 0;
        this[LedgerLayout.ObjectsAt] = 0;
        this[LedgerLayout.SeriesAt] = 0;
        this[LedgerLayout.BlocksAt] = 0;
        int unknown = 0;
        for (int i = 0; i < LedgerLayout.Records; i++)
        {
            if (TryGet(i, out ShardRecord record))
            {
                Tally(i, record, 1);
            }
            else
            {
                unknown++;
            }
        }

        this[LedgerLayout.UnknownAt] = unknown;
    }

    private void Tally(int index, ShardRecord record, int sign)
    {
        Total += sign * record.Allocated;
        if (index < LedgerLayout.FirstSeries)
        {
            this[LedgerLayout.ObjectsAt] += sign * record.Files;
        }
        else if (index < LedgerLayout.Other)
        {
            this[LedgerLayout.SeriesAt] += sign * record.Files;
            this[LedgerLayout.RawAt] += sign * record.RawBytes;
            this[LedgerLayout.BlocksAt] += sign * record.Blocks;
        }
    }

    private ShardRecord CountFiles(int index)
    {
        if (index == LedgerLayout.Other)
        {
            return CountOther();
        }

        bool series = index >= LedgerLayout.FirstSeries;
        int shard = series ? index - LedgerLayout.FirstSeries : index;
        string folder = series ? _layout.SeriesShard(shard) : _layout.ObjectShard(shard);
        ShardRecord counted = ShardFolder.Count(ShardFolder.List(folder, shard), ShardFolder.Exists(folder));
        if (TryGet(index, out ShardRecord old) && counted.HighWater > 0)
        {
            counted.HighWater = Math.Max(counted.HighWater, old.HighWater);
        }

        return counted;
    }

    private ShardRecord CountOther()
    {
        // The folders themselves, with an index block to spare, and whatever lies in those that have no shards.
        ShardRecord record = new() { Oldest = long.MaxValue, FileBytes = 9 * 4096 };
        foreach (string folder in (string[])[_layout.Stats, _layout.Quarantine, _layout.Temp])
        {
            DirectoryInfo info = new(folder);
            foreach (FileInfo file in info.Exists ? info.GetFiles("*", WithoutLinks) : [])
            {
                record.FileBytes += ShardRecord.AllocatedBytes(file.Exists ? file.Length : 0);
            }
        }

        record.FileBytes += 2 * 4096;
        return record;
    }

    private void WriteRecords()
    {
        if (_dirty.Count <= FewRecords)
        {
            foreach (int index in _dirty)
            {
                RandomAccess.Write(_file, LedgerLayout.RecordOf(_buffer, index), LedgerLayout.RecordsAt + (index * ShardRecord.Size));
            }

            return;
        }

        // One call for all that lie between costs less than one for each.
        int start = LedgerLayout.RecordsAt + (_dirty.Min() * ShardRecord.Size);
        int end = LedgerLayout.RecordsAt + ((_dirty.Max() + 1) * ShardRecord.Size);
        RandomAccess.Write(_file, _buffer.AsSpan(start, end - start), start);
    }

    private void WriteHeader()
    {
        LedgerLayout.SealHeader(_buffer.AsSpan(0, LedgerLayout.HeaderBytes));
        RandomAccess.Write(_file, _buffer.AsSpan(0, LedgerLayout.HeaderBytes), 0);
        _headerDirty = false;
    }

    private void WriteAll()
    {
        LedgerLayout.SealHeader(_buffer.AsSpan(0, LedgerLayout.HeaderBytes));
        RandomAccess.Write(_file, _buffer, 0);
        _dirty.Clear();
        _headerDirty = false;
    }
}
