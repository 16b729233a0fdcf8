using System.Text;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>The folders of a store and the two marker files beside them: looked at, made, mended.</summary>
internal sealed class StoreFolders
{
    private readonly StoreLayout _layout;
    private readonly StoreFaults _faults;
    private readonly TimeProvider _time;
    private volatile bool _markerToMend;

    public StoreFolders(StoreLayout layout, StoreFaults faults, TimeProvider time)
    {
        _layout = layout;
        _faults = faults;
        _time = time;
    }

    /// <summary>Reads the format marker; makes nothing.</summary>
    /// <exception cref="CacheStoreException">The folder cannot be used, or a newer version wrote it.</exception>
    public void Check()
    {
        try
        {
            if (File.Exists(_layout.Root))
            {
                throw new CacheStoreException(
                    CacheStoreFault.Unusable,
                    $"The cache folder '{_layout.Root}' is a file. Name a folder in cache.disk.cache_dir.");
            }

            foreach (string folder in _layout.Folders)
            {
                if (PrivateFiles.IsLink(folder))
                {
                    throw new CacheStoreException(
                        CacheStoreFault.Unusable,
                        $"'{folder}' is a symbolic link; a cache is not followed out of its folder. Remove the link or name another folder in cache.disk.cache_dir.");
                }
            }

            if (!File.Exists(_layout.Format))
            {
                _markerToMend = Directory.Exists(_layout.Root);
                return;
            }

            if (!StoreFormat.TryParse(ReadShort(_layout.Format), out int version))
            {
                _faults.CountDamage("damaged", _layout.Format);
                _markerToMend = true;
            }
            else if (version > StoreFormat.Current)
            {
                throw new CacheStoreException(
                    CacheStoreFault.NewerFormat,
                    $"The cache folder '{_layout.Root}' has format {version}; this version reads format {StoreFormat.Current}. " +
                    "It is left untouched. Update MarketCache or name another folder in cache.disk.cache_dir.");
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            throw new CacheStoreException(CacheStoreFault.Unusable, $"The cache folder '{_layout.Root}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Writes the marker again where it was missing or damaged.</summary>
    public void MendMarker()
    {
        if (_markerToMend)
        {
            Create();
            _markerToMend = false;
        }
    }

    /// <summary>Makes what is missing.</summary>
    public void Create()
    {
        PrivateFiles.CreateFolder(_layout.Root);
        foreach (string folder in _layout.Folders)
        {
            PrivateFiles.CreateFolder(folder);
        }

        WriteMarker(_layout.CacheDirTag, StoreFormat.CacheDirTag);
        WriteMarker(_layout.Format, StoreFormat.Text);
    }

    /// <summary>
    /// Puts aside files in the place of the store's folders and folders in the place of its files, which no write could ever get
    /// past; false where there are none.
    /// </summary>
    public bool PutStrangersAside()
    {
        List<string> strangers = [.. _layout.Folders.Where(File.Exists)];
        strangers.AddRange(((string[])[_layout.Usage, _layout.Format, _layout.CacheDirTag]).Where(Directory.Exists));
        for (int shard = 0; shard < StoreLayout.Shards; shard++)
        {
            strangers.AddRange(((string[])[_layout.SeriesShard(shard), _layout.ObjectShard(shard)]).Where(File.Exists));
        }

        try
        {
            foreach (string stranger in strangers)
            {
                _faults.CountDamage("foreign", stranger);
                string aside = Path.Join(_layout.Root, $"{Path.GetFileName(stranger)}-{Random.Shared.NextInt64():x16}");
                Directory.Move(stranger, aside);
                Create();
                Directory.Move(aside, Path.Join(_layout.Quarantine, $"{_time.GetUtcNow().UtcTicks:x16}-0000-foreign"));
            }

            return strangers.Count > 0;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return false;
        }
    }

    private void WriteMarker(string path, string text)
    {
        if (File.Exists(path) && ReadShort(path) == text)
        {
            return;
        }

        string temp = Path.Join(_layout.Temp, $"marker-{Environment.ProcessId:x}-{Random.Shared.NextInt64():x16}");
        using (FileStream stream = PrivateFiles.CreateNew(temp))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
        }

        try
        {
            File.Move(temp, path, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Cleared away with what a dead writer left; the next one to make the folders writes it.
        }
    }

    private static string ReadShort(string path)
    {
        byte[] bytes = new byte[512];
        using SafeFileHandle handle = PrivateFiles.OpenRead(path);
        return Encoding.ASCII.GetString(bytes, 0, PrivateFiles.ReadAll(handle, bytes));
    }
}
