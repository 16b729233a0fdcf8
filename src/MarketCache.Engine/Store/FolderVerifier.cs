using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>Reads and hashes everything a folder holds, names what does not belong there, and mends it where asked to.</summary>
internal sealed class FolderVerifier
{
    private const int MostProblems = 1000;
    private readonly List<string> _problems = [];
    private readonly CacheFolder _folder;
    private readonly FolderLayout _layout;
    private readonly FolderGate _gate;
    private readonly FeedReader _reader;
    private readonly FeedWriter _writer;
    private readonly ClearLog _clears;
    private readonly bool _repair;
    private readonly Func<StoredFeed, IReadOnlySet<Hash128>, FeedWrite?>? _mend;
    private long _unlisted;
    private long _repaired;
    private long _bytes;
    private long _objects;
    private long _feeds;
    private long _unreferenced;

    public FolderVerifier(
        CacheFolder folder,
        FolderGate gate,
        FeedReader reader,
        FeedWriter writer,
        ClearLog clears,
        bool repair,
        Func<StoredFeed, IReadOnlySet<Hash128>, FeedWrite?>? mend)
    {
        _folder = folder;
        _layout = folder.Layout;
        _gate = gate;
        _reader = reader;
        _writer = writer;
        _clears = clears;
        _repair = repair;
        _mend = mend;
    }

    /// <summary>Runs the check once.</summary>
    public async ValueTask<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        await CheckSmallFilesAsync(cancellationToken).ConfigureAwait(false);
        for (int shard = 0; shard < FolderLayout.Shards; shard++)
        {
            await CheckShardAsync(shard, cancellationToken).ConfigureAwait(false);
        }

        if (_unlisted > 0)
        {
            _problems.Add($"and {_unlisted} more");
        }

        return new VerificationReport
        {
            Series = _feeds,
            Objects = _objects,
            Bytes = _bytes,
            Problems = _problems,
            Unreferenced = _unreferenced,
            Repaired = _repaired,
        };
    }

    private async ValueTask CheckShardAsync(int shard, CancellationToken cancellationToken)
    {
        string folder = _layout.Shard(shard);
        List<ShardEntry> entries = await _folder.Guard.RunAsync(() => ShardListing.Of(folder, shard)).ConfigureAwait(false);
        Dictionary<(Hash128 Feed, Hash128 Content), ShardEntry> unnamed = [];
        foreach (ShardEntry entry in entries.Where(static entry => entry.Kind == ShardEntryKind.Object))
        {
            unnamed[(entry.Feed, entry.Content)] = entry;
        }

        foreach (ShardEntry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (entry.Kind)
            {
                case ShardEntryKind.Stranger:
                    await ReportAsync(
                        $"{Path.Join(folder, entry.Name)}: foreign file",
                        () => TakeAsync(Path.Join(folder, entry.Name), cancellationToken)).ConfigureAwait(false);
                    break;
                case ShardEntryKind.Feed:
                    await CheckFeedAsync(entry.Feed, _layout.Feed(entry.Feed), unnamed, cancellationToken).ConfigureAwait(false);
                    break;
                case ShardEntryKind.Before:
                    await CheckFeedAsync(entry.Feed, _layout.Before(entry.Feed), unnamed, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    break;
            }
        }

        _unreferenced += unnamed.Count;
        if (_repair && entries.Count > 0)
        {
            await InGate(
                turn =>
                {
                    turn.Announce(shard);
                    turn.Recount(shard);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckFeedAsync(Hash128 feed, string path, Dictionary<(Hash128 Feed, Hash128 Content), ShardEntry> unnamed, CancellationToken cancellationToken)
    {
        bool isCurrent = path[^1] != '~';
        StoredFeed? read = null;
        FileFinding found = await _folder.Guard.RunAsync(() => _reader.ReadAt(path, feed, out read, out _)).ConfigureAwait(false);
        if (read is null)
        {
            if (found != FileFinding.Missing)
            {
                await ReportAsync(
                    $"{path}: {(found == FileFinding.Untrusted ? "another user's file" : "damaged")}",
                    () => isCurrent ? InGate(turn => _writer.Heal(turn, feed), cancellationToken) : TakeAsync(path, cancellationToken)).ConfigureAwait(false);
            }

            return;
        }

        _feeds += isCurrent ? 1 : 0;
        _bytes += FeedFile.MinBytes + read.Body.Length;
        HashSet<Hash128> lost = [];
        foreach (StoredObject item in read.Objects)
        {
            unnamed.Remove((feed, item.Hash));
            if (!isCurrent)
            {
                continue;
            }

            string objectPath = _layout.Object(feed, item.Hash);
            FileFinding state = await _folder.Guard.RunAsync(() =>
                PlainFile.Look(objectPath, out FileFacts facts) is var look && look == FileFinding.Whole && facts.Length != item.Length
                    ? FileFinding.Damaged
                    : look == FileFinding.Whole ? _reader.ReadObject(feed, item.Hash, new byte[item.Length]) : look).ConfigureAwait(false);
            _objects++;
            _bytes += item.Length;
            if (state != FileFinding.Whole)
            {
                lost.Add(item.Hash);
                Report($"{objectPath}: {(state == FileFinding.Missing ? "missing" : "damaged")} object of '{read.Key}'");
                if (_repair && state != FileFinding.Missing)
                {
                    await InGate(turn => _writer.RejectObject(turn, feed, item), cancellationToken).ConfigureAwait(false);
                }
            }
        }

        if (lost.Count > 0 && _repair)
        {
            await MendAsync(read, feed, lost, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts a state without the lost objects in place of one that names them; removes the feed where nobody knows how.</summary>
    private async ValueTask MendAsync(StoredFeed read, Hash128 feed, HashSet<Hash128> lost, CancellationToken cancellationToken)
    {
        FeedWrite? mended = _mend?.Invoke(read, lost);
        bool done = await InGate(
            turn =>
            {
                // A feed replaced meanwhile has taken its old objects along.
                if (_reader.Inspect(_layout.Feed(feed)).State != read.State)
                {
                    return false;
                }

                return mended is not null
                    ? _writer.Replace(turn, mended, feed, []).Outcome == ReplaceOutcome.Replaced && _writer.DropBefore(turn, feed, null)
                    : _writer.RemoveFeed(turn, feed) is not null;
            },
            cancellationToken).ConfigureAwait(false);
        _repaired += done ? 1 : 0;
    }

    private async ValueTask CheckSmallFilesAsync(CancellationToken cancellationToken)
    {
        FileFinding ledger = PlainFile.Read(_layout.Ledger, 1, LedgerPage.Bytes, _folder.Trust, out byte[] bytes, out _);
        if (ledger != FileFinding.Missing && LedgerPage.TryRead(bytes) is null)
        {
            // Entering the gate writes it again.
            await ReportAsync($"{_layout.Ledger}: damaged", () => InGate(static _ => true, cancellationToken)).ConfigureAwait(false);
        }

        if (!Directory.Exists(_layout.Stats))
        {
            return;
        }

        long damaged = await InGate(turn => _clears.CountDamaged(turn, _repair), cancellationToken).ConfigureAwait(false);
        if (damaged > 0)
        {
            await ReportAsync($"{_layout.Cleared}: {damaged} damaged records", static () => ValueTask.FromResult(true)).ConfigureAwait(false);
        }

        foreach (string folder in (string[])[_layout.Temp, _layout.Locks, _layout.Stats, _layout.Quarantine])
        {
            foreach (FileSystemInfo entry in Directory.Exists(folder) ? new DirectoryInfo(folder).GetFileSystemInfos() : [])
            {
                FileFinding found = PlainFile.Look(entry.FullName, out FileFacts facts);
                long most = folder == _layout.Quarantine ? _folder.Options.QuarantineBytes : FolderMaintenance.MostStatsBytes;
                if ((found == FileFinding.Whole && facts.Length > most) || (found == FileFinding.Stranger && entry is not DirectoryInfo { LinkTarget: null }))
                {
                    await ReportAsync(
                        $"{entry.FullName}: foreign file",
                        () => ValueTask.FromResult(PrivateFiles.Remove(entry.FullName))).ConfigureAwait(false);
                }
            }
        }
    }

    private ValueTask<bool> TakeAsync(string path, CancellationToken cancellationToken) => InGate(
        turn =>
        {
            _folder.Quarantine.Take(path);
            return true;
        },
        cancellationToken);

    private async ValueTask ReportAsync(string problem, Func<ValueTask<bool>> mend)
    {
        Report(problem);
        if (_repair && await mend().ConfigureAwait(false))
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

    private ValueTask<T> InGate<T>(Func<GateTurn, T> work, CancellationToken cancellationToken) =>
        _gate.RunAsync(work, _folder.Options.WriteWait, cancellationToken);
}
