using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Store;

/// <summary>
/// The folder itself: its owner, format, subfolders and the two marker files. Checked before its first use and as
/// long as it is missing or unusable; created by the first write.
/// </summary>
internal sealed class CacheFolder
{
    private const string OldPrefix = "format-1-";
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private volatile FileTrust _trust = FileTrust.Own;
    private volatile bool _isAdmitted;
    private volatile bool _isMarked;
    private long _newestUse;

    public CacheFolder(FolderTierOptions options, TimeProvider time)
    {
        Options = options;
        _time = time;
        Layout = new FolderLayout(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory)));
        Guard = new IoGuard(Layout.Root, options.IoTimeout);
        Faults = new FolderFaults(time);
        Placement = new FilePlacement(Layout.Temp, () => Trust);
        Quarantine = new Quarantine(this, time);
    }

    public FolderTierOptions Options { get; }

    public FolderLayout Layout { get; }

    public IoGuard Guard { get; }

    public FolderFaults Faults { get; }

    public FilePlacement Placement { get; }

    public Quarantine Quarantine { get; }

    /// <summary>Whose files are trusted.</summary>
    public FileTrust Trust => _trust;

    /// <summary>Whether the folder is known to be usable; otherwise call <see cref="Admit"/> first.</summary>
    public bool IsAdmitted => _isAdmitted;

    /// <summary>Why the folder was unusable when it was last checked; null if it was usable.</summary>
    public string? Problem { get; private set; }

    /// <summary>The time of use for a feed used now: later than every one that this process or the ledger knows, even if the clock was set back.</summary>
    public long NextUse(long known)
    {
        while (true)
        {
            long newest = Volatile.Read(ref _newestUse);
            long next = Math.Max(_time.GetUtcNow().UtcTicks, Math.Max(known, newest) + 1);
            if (Interlocked.CompareExchange(ref _newestUse, next, newest) == newest)
            {
                return next;
            }
        }
    }

    /// <summary>Checks whether the folder can be used, without creating anything.</summary>
    /// <returns>Whether it exists.</returns>
    /// <exception cref="FeedTierException">It cannot be used.</exception>
    public bool Admit()
    {
        if (_isAdmitted)
        {
            return true;
        }

        lock (_lock)
        {
            try
            {
                bool exists = Check();
                Problem = null;
                return _isAdmitted = exists;
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                Problem = $"The cache folder '{Layout.Root}' cannot be read: {error.Message}";
                throw new FeedTierException(Problem, error);
            }
            catch (FeedTierException error)
            {
                Problem = error.Message;
                throw;
            }
        }
    }

    /// <summary>Notes why the folder could not even be checked.</summary>
    public void Refuse(string problem) => Problem = problem;

    /// <summary>Creates what is missing, and writes the markers.</summary>
    public void Create()
    {
        UnixFileMode mode = FolderMode;
        MakeFolder(Layout.Root, mode);
        lock (_lock)
        {
            _trust = TrustOf(Layout.Root);
        }

        foreach (string folder in Layout.Folders)
        {
            MakeFolder(folder, mode);
        }

        WriteMarker(Layout.CacheDirTag, FolderFormat.CacheDirTag);
        WriteMarker(Layout.Format, FolderFormat.Text);
        _isMarked = true;
        _isAdmitted = true;
    }

    /// <summary>Creates the folder of a shard.</summary>
    public void CreateShard(int shard) => MakeFolder(Layout.Shard(shard), FolderMode);

    /// <summary>Writes markers that were missing or damaged when the folder was checked.</summary>
    public void Mend()
    {
        if (!_isMarked)
        {
            Create();
        }
    }

    /// <summary>Removes what is left of a folder of format 1, a file at a time.</summary>
    public void RemoveOld(CancellationToken cancellationToken)
    {
        foreach (string old in Directory.Exists(Layout.Temp) ? Directory.GetDirectories(Layout.Temp, OldPrefix + "*") : [])
        {
            foreach (string file in Directory.EnumerateFiles(old, "*", SearchOption.AllDirectories))
            {
                cancellationToken.ThrowIfCancellationRequested();
                PrivateFiles.TryDelete(file);
            }

            PrivateFiles.Remove(old);
        }
    }

    private UnixFileMode FolderMode => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | (Options.SharedByGroup ? UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.SetGroup : UnixFileMode.None);

    private bool Check()
    {
        if (File.Exists(Layout.Root))
        {
            throw new FeedTierException($"The cache folder '{Layout.Root}' is a file. Set a folder in cache.disk.cache_dir.");
        }

        if (!Directory.Exists(Layout.Root))
        {
            return false;
        }

        _trust = TrustOf(Layout.Root);
        foreach (string folder in Layout.Folders)
        {
            if (PrivateFiles.IsLink(folder))
            {
                throw new FeedTierException(
                    $"'{folder}' is a symbolic link, and the cache does not follow links out of its folder. Remove the link, or set another folder in cache.disk.cache_dir.");
            }
        }

        FileFinding found = PlainFile.Read(Layout.Format, 1, 512, _trust, out byte[] text, out Exception? error);
        if (error is not null)
        {
            throw error;
        }

        if (found == FileFinding.Whole && FolderFormat.TryParse(Encoding.ASCII.GetString(text), out int version))
        {
            if (version > FolderFormat.Current)
            {
                throw new FeedTierException(
                    $"The cache folder '{Layout.Root}' has format {version}; this version reads format {FolderFormat.Current}. " +
                    "It was not changed. Update MarketCache, or set another folder in cache.disk.cache_dir.");
            }

            _isMarked = version == FolderFormat.Current;
            if (!_isMarked)
            {
                DropOld();
            }
        }
        else if (found != FileFinding.Missing)
        {
            ThrowIfClosed(found);
            Faults.CountDamage(found, Layout.Format);
        }

        PutStrangersAside();
        return true;
    }

    /// <summary>Moves the rows of format 1 out of the way in three renames; <see cref="RemoveOld"/> takes its time.</summary>
    private void DropOld()
    {
        MakeFolder(Layout.Temp, FolderMode);
        bool dropped = false;
        foreach (string name in (string[])["series", "objects"])
        {
            string path = Path.Join(Layout.Root, name);
            if (Directory.Exists(path))
            {
                Directory.Move(path, Path.Join(Layout.Temp, $"{OldPrefix}{name}-{Random.Shared.NextInt64():x16}"));
                dropped = true;
            }
        }

        PrivateFiles.TryDelete(Path.Join(Layout.Stats, "usage"));
        if (dropped)
        {
            Faults.WarnOnce("old_format", $"The cache folder '{Layout.Root}' had an earlier format; its rows were dropped and will be fetched again.");
        }

        Create();
    }

    /// <summary>Sets aside files in the place of the store's folders, which would block every write.</summary>
    private void PutStrangersAside()
    {
        for (int i = 0; i < Layout.Folders.Count + FolderLayout.Shards; i++)
        {
            string folder = i < Layout.Folders.Count ? Layout.Folders[i] : Layout.Shard(i - Layout.Folders.Count);
            FileFinding found = PlainFile.Look(folder, out FileFacts facts);
            ThrowIfClosed(found);
            if (found != FileFinding.Missing && !(facts.IsFolder || (found == FileFinding.Stranger && IsRealFolder(folder))))
            {
                Faults.CountDamage(FileFinding.Stranger, folder);
                Quarantine.Take(folder);
            }
        }

        static bool IsRealFolder(string path) => Directory.Exists(path) && !PrivateFiles.IsLink(path);
    }

    /// <summary>What another user keeps closed is not damaged.</summary>
    /// <exception cref="FeedTierException">The folder is another's, who keeps it closed.</exception>
    private void ThrowIfClosed(FileFinding found)
    {
        if (found == FileFinding.Untrusted && Posix.IsAvailable && _trust.Owner != Posix.User && !Options.SharedByGroup)
        {
            throw new FeedTierException(
                $"The cache folder '{Layout.Root}' belongs to another user, who keeps it closed. Name a folder of your own in cache.disk.cache_dir, or share it by its group.");
        }
    }

    /// <exception cref="FeedTierException">The folder is somebody else's.</exception>
    private FileTrust TrustOf(string root)
    {
        if (!Posix.IsAvailable || Posix.Stat(root, follow: true, out FileFacts facts) < 0)
        {
            return FileTrust.Own;
        }

        FileTrust trust = new(facts.Owner, facts.Group, Options.SharedByGroup);
        if (facts.Owner != Posix.User && facts.Owner != 0 && Posix.User != 0 && !Options.SharedByGroup)
        {
            throw new FeedTierException(
                $"The cache folder '{root}' belongs to another user, who could write any rows to it. Set your own folder in cache.disk.cache_dir, or share this one through its group.");
        }

        // By convention, a group with the owner's number belongs to the owner.
        if (facts.IsWritableByOthers || (facts.IsWritableByGroup && facts.Group != facts.Owner && !Options.SharedByGroup))
        {
            throw new FeedTierException(
                $"Other users can write to the cache folder '{root}'. Remove that permission (chmod go-w), or share the folder through its group.");
        }

        return trust;
    }

    private void MakeFolder(string path, UnixFileMode mode)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, mode);
        if (Options.SharedByGroup)
        {
            File.SetUnixFileMode(path, mode); // The mask of the process took the group's rights away.
        }

        if (_trust.GivesAway && Posix.IsAvailable)
        {
            Posix.GiveFolder(path, _trust.Owner, _trust.Group);
        }
    }

    private void WriteMarker(string path, string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        FileFinding found = PlainFile.Read(path, 1, 512, Trust, out byte[] there, out _);
        if (found == FileFinding.Whole && there.AsSpan().SequenceEqual(bytes))
        {
            return;
        }

        if (found == FileFinding.Stranger)
        {
            PrivateFiles.Remove(path);
        }

        Placement.Put(bytes, path);
    }
}
