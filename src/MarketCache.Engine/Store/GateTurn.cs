using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// The gate while it is held: the account, and the permitted changes. A shard is announced in the ledger before it is changed; a turn that
/// fails leaves the announcement there, so that the next counts the shard again.
/// </summary>
internal sealed class GateTurn
{
    private readonly LockedFile _file;
    private readonly CacheFolder _folder;
    private readonly byte[] _bytes = new byte[LedgerPage.Bytes];
    private bool _changed;

    public GateTurn(LockedFile file, CacheFolder folder)
    {
        _file = file;
        _folder = folder;
        int read = file.Read(_bytes);
        LedgerPage? page = LedgerPage.TryRead(_bytes.AsSpan(0, read));
        if (page is null)
        {
            if (read > 0)
            {
                folder.Faults.CountDamage(FileFinding.Damaged, folder.Layout.Ledger);
            }

            page = LedgerPage.New(empty: !Directory.Exists(folder.Layout.Feeds) || !Directory.EnumerateFileSystemEntries(folder.Layout.Feeds).Any());
            _changed = true;
        }

        Page = page;
        if (page.Open != 0)
        {
            // A writer died: its temporary files are garbage.
            foreach (string temp in Directory.Exists(folder.Layout.Temp) ? Directory.EnumerateFiles(folder.Layout.Temp) : [])
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    /// <summary>The account.</summary>
    public LedgerPage Page { get; }

    /// <summary>Whether shards are left that must be counted before the account can be trusted.</summary>
    public bool IsCounted => Page.Open == 0;

    /// <summary>Counts one shard that a dead writer left, or whose account is lost.</summary>
    public void CountNext()
    {
        int shard = System.Numerics.BitOperations.TrailingZeroCount(Page.Open);
        Page[shard] = Counted(shard, Page[shard]);
        Page.Open &= (ushort)~(1 << shard);
        _changed = true;
    }

    /// <summary>Announces on disk that a shard will change.</summary>
    public ref ShardAccount Announce(int shard)
    {
        ushort bit = (ushort)(1 << shard);
        if ((Page.Open & bit) == 0)
        {
            Page.Open |= bit;
            Save();
        }

        _changed = true;
        return ref Page[shard];
    }

    /// <summary>Counts a shard's files now; a shard that was announced.</summary>
    public void Recount(int shard) => Page[shard] = Counted(shard, Page[shard]);

    /// <summary>Notes a change of the account that touches no shard.</summary>
    public void Note() => _changed = true;

    /// <summary>A time of use later than every earlier one, even if the clock was set back.</summary>
    public long NextUse()
    {
        _changed = true;
        return Page.NewestUse = _folder.NextUse(Page.NewestUse);
    }

    /// <summary>Writes the account; all that was announced is done.</summary>
    public void Complete()
    {
        if (_changed)
        {
            Page.Open = 0;
            Save();
        }
    }

    /// <summary>Writes the account as it stands, with shards left to be counted.</summary>
    public void Save()
    {
        Page.Write(_bytes);
        _file.Write(_bytes, 0);
    }

    private ShardAccount Counted(int shard, in ShardAccount known)
    {
        string folder = _folder.Layout.Shard(shard);
        ShardAccount account = new() { RawBytes = known.RawBytes };
        foreach (ShardEntry entry in ShardListing.Of(folder, shard))
        {
            if (entry.Kind == ShardEntryKind.Stranger)
            {
                continue; // Not ours: it evicts nothing, and is put aside when met.
            }

            account.Add(entry.Length);
            account.Feeds += entry.Kind == ShardEntryKind.Feed ? 1 : 0;
            account.Objects += entry.Kind == ShardEntryKind.Object ? 1 : 0;
        }

        bool exists = Directory.Exists(folder);
        account.RawBytes = account.Feeds == 0 ? 0 : account.RawBytes;
        account.HighWater = !exists ? 0 : Math.Max(Math.Max(account.HighWater, known.HighWater), 1);
        return account;
    }
}
