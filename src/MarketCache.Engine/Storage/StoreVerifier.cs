using System.Buffers;
using System.IO.Hashing;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>Reads and hashes everything a store holds, and mends it where asked to.</summary>
internal sealed class StoreVerifier
{
    private const int MostProblems = 1000;
    private readonly List<string> _problems = [];
    private readonly StoreLayout _layout;
    private readonly CacheStoreOptions _options;
    private readonly UsageLedger _ledger;
    private readonly StoreReader _reader;
    private readonly StoreWriter _writer;
    private readonly bool _repair;
    private readonly long _start;
    private long _unlisted;
    private long _repaired;
    private long _bytes;

    public StoreVerifier(
        StoreLayout layout,
        CacheStoreOptions options,
        UsageLedger ledger,
        StoreReader reader,
        StoreWriter writer,
        TimeProvider time,
        bool repair)
    {
        _layout = layout;
        _options = options;
        _ledger = ledger;
        _reader = reader;
        _writer = writer;
        _repair = repair;
        _start = time.GetUtcNow().UtcTicks;
    }

    /// <summary>Runs the check once.</summary>
    public VerificationReport Run(CancellationToken cancellationToken)
    {
        List<Hash128> whole = [];
        long objects = 0;
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            objects += CheckObjects(shard, whole, cancellationToken);
        }

        whole.Sort();
        HashSet<Hash128> unnamed = [.. whole];
        long series = 0;
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            series += CheckSeries(shard, whole, unnamed, cancellationToken);
        }

        CheckLedger(cancellationToken);
        if (_unlisted > 0)
        {
            _problems.Add($"and {_unlisted} more");
        }

        return new VerificationReport
        {
            Series = series,
            Objects = objects,
            Bytes = _bytes,
            Problems = _problems,
            Unreferenced = unnamed.Count(hash => new FileInfo(_layout.ObjectPath(hash)) is { Exists: true } file && file.LastWriteTimeUtc.Ticks <= _start),
            Repaired = _repaired,
        };
    }

    private long CheckObjects(int shard, List<Hash128> whole, CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (ShardFile file in ShardFolder.List(_layout.ObjectShard(shard), shard))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Kind == ShardFileKind.Foreign)
            {
                Foreign(Path.Join(_layout.ObjectShard(shard), file.ForeignName), shard);
            }
            else if (file.Kind == ShardFileKind.Named)
            {
                count++;
                string path = _layout.ObjectPath(file.Hash);
                switch (HashFile(path, file.Hash))
                {
                    case FileState.Whole:
                        whole.Add(file.Hash);
                        break;
                    case FileState.Missing:
                        break;
                    case FileState.Unreadable:
                        Report($"{path}: cannot be read");
                        break;
                    default:
                        Report($"{path}: damaged object");
                        Mend(() => !_reader.TryReadObject(file.Hash, new byte[Math.Min(file.Length, Array.MaxLength)]));
                        break;
                }
            }
        }

        return count;
    }

    private long CheckSeries(int shard, List<Hash128> whole, HashSet<Hash128> unnamed, CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (ShardFile file in ShardFolder.List(_layout.SeriesShard(shard), shard))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Kind != ShardFileKind.Named)
            {
                string name = file.ForeignName ?? file.Hash + SharedObjects.Mark;
                Foreign(Path.Join(_layout.SeriesShard(shard), name), LedgerLayout.FirstSeries + shard);
                continue;
            }

            count++;
            string path = _layout.SeriesPath(file.Hash);
            FileState state = _reader.ReadManifest(path, file.Hash, out SeriesManifest? manifest);
            if (state != FileState.Whole || manifest is null)
            {
                if (state != FileState.Missing)
                {
                    Report($"{path}: {(state == FileState.Misplaced ? "manifest of another series" : "damaged manifest")}");
                    Mend(() => !_reader.TryReadManifest(file.Hash, out _));
                }

                continue;
            }

            _bytes += file.Length;
            CheckBlocks(manifest, whole, unnamed);
        }

        return count;
    }

    private void CheckBlocks(SeriesManifest manifest, List<Hash128> whole, HashSet<Hash128> unnamed)
    {
        List<BlockEntry> lost = [];
        foreach (BlockEntry block in manifest.Blocks)
        {
            unnamed.Remove(block.Hash);
            if (whole.BinarySearch(block.Hash) < 0 && HashFile(_layout.ObjectPath(block.Hash), block.Hash) != FileState.Whole)
            {
                lost.Add(block);
            }
        }

        // A manifest replaced meanwhile has taken its old objects along.
        if (lost.Count == 0 || !_reader.TryReadManifest(manifest.Key, out SeriesManifest? now) || now.Version != manifest.Version)
        {
            return;
        }

        foreach (BlockEntry block in lost)
        {
            Report($"{_layout.ObjectPath(block.Hash)}: missing object of '{manifest.Key}'");
        }

        Mend(() =>
        {
            _writer.WriteSeries(Without(manifest, lost), [], onlyOver: manifest.Version);
            return true;
        });
    }

    /// <summary>The manifest without some blocks: their rows become unknown, so that they are fetched again.</summary>
    private static SeriesManifest Without(SeriesManifest manifest, List<BlockEntry> lost)
    {
        List<CoverageRun> runs = [.. manifest.Runs];
        foreach (BlockEntry block in lost)
        {
            List<CoverageRun> cut = [];
            foreach (CoverageRun run in runs)
            {
                if (run.Last < block.FirstKey || run.First > block.LastKey)
                {
                    cut.Add(run);
                    continue;
                }

                if (run.First < block.FirstKey)
                {
                    cut.Add(run with { Last = block.FirstKey - 1 });
                }

                if (run.Last > block.LastKey)
                {
                    cut.Add(run with { First = block.LastKey + 1 });
                }
            }

            runs = cut;
        }

        return manifest with
        {
            Runs = runs,
            Blocks = [.. manifest.Blocks.Except(lost)],
            Version = manifest.Version + 1,
        };
    }

    private FileState HashFile(string path, Hash128 hash)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return FileState.Missing;
            }

            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                return FileState.Link;
            }

            using SafeFileHandle handle = PrivateFiles.OpenRead(path);
            XxHash128 hasher = new();
            long at = 0;
            int read;
            while ((read = RandomAccess.Read(handle, chunk, at)) > 0)
            {
                hasher.Append(chunk.AsSpan(0, read));
                at += read;
            }

            _bytes += at;
            return Hash128.Of(hasher) == hash ? FileState.Whole : FileState.Damaged;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileState.Missing;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return FileState.Unreadable;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void CheckLedger(CancellationToken cancellationToken)
    {
        if (!_repair || !Directory.Exists(_layout.Stats))
        {
            return;
        }

        for (int index = 0; index < LedgerLayout.Records; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using LedgerSession session = _ledger.Enter(_options.WriteWait);
            session.Recount(index);
        }
    }

    private void Foreign(string path, int index)
    {
        Report($"{path}: foreign file");
        Mend(() =>
        {
            _reader.RejectForeign(path, index);
            return true;
        });
    }

    private void Mend(Func<bool> action)
    {
        if (_repair && action())
        {
            _repaired++;
        }
    }

    private void Report(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
        else
        {
            _unlisted++;
        }
    }
}
