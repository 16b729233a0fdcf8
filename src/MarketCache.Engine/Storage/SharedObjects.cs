using MarketCache.Engine.Files;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Which objects more than one series may name. Such an object has an empty file beside it, and only a sweep, which has read every
/// manifest, removes it. An object that this process has just written for nobody yet may be claimed by one series unmarked.
/// </summary>
internal sealed class SharedObjects
{
    /// <summary>What the name of a mark has behind its object's.</summary>
    public const string Mark = "+";

    private const int MostFresh = 4096;
    private readonly StoreLayout _layout;
    private readonly HashSet<Hash128> _fresh = [];

    public SharedObjects(StoreLayout layout) => _layout = layout;

    /// <summary>Whether an object is marked.</summary>
    public bool Contains(Hash128 hash) => File.Exists(MarkOf(hash));

    /// <summary>Marks an object.</summary>
    public void Add(LedgerSession session, Hash128 hash)
    {
        string mark = MarkOf(hash);
        if (!File.Exists(mark))
        {
            session.Announce(hash.FirstByte);
            PrivateFiles.CreateNew(mark).Dispose();
        }
    }

    /// <summary>Removes an object's mark.</summary>
    public void Remove(Hash128 hash) => File.Delete(MarkOf(hash));

    /// <summary>Notes an object that was just written and that nobody names yet.</summary>
    public void NoteFresh(Hash128 hash)
    {
        lock (_fresh)
        {
            // Beyond this an object would only be marked as shared without need, and go with a sweep.
            if (_fresh.Count < MostFresh)
            {
                _fresh.Add(hash);
            }
        }
    }

    /// <summary>Takes a noted object for one series; false where it was not noted, so that others may name it.</summary>
    public bool TryClaim(Hash128 hash)
    {
        lock (_fresh)
        {
            return _fresh.Remove(hash);
        }
    }

    private string MarkOf(Hash128 hash) => _layout.ObjectPath(hash) + Mark;
}
