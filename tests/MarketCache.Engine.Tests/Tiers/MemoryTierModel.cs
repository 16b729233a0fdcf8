namespace MarketCache.Engine.Tests.Tiers;

/// <summary>What the memory tier must do, in plain lists: the first of a list is its most recently used.</summary>
internal sealed class MemoryTierModel(int maxEntries, long maxBytes)
{
    private readonly List<(int Key, int Weight, long Expires)> _probation = [];
    private readonly List<(int Key, int Weight, long Expires)> _protected = [];

    public int MaxEntries { get; private set; } = maxEntries;

    public long MaxBytes { get; private set; } = maxBytes;

    public long Now { get; private set; }

    public IEnumerable<(int Key, int Weight)> Entries => _protected.Concat(_probation).Select(e => (e.Key, e.Weight));

    public bool TryGet(int key, out int weight)
    {
        var entry = _protected.Concat(_probation).FirstOrDefault(e => e.Key == key, (key, -1, 0));
        weight = entry.Item2;
        if (weight < 0)
        {
            return false;
        }

        Use(entry);
        return true;
    }

    public void Put(int key, int weight, long ttl)
    {
        var wasProtected = _protected.Exists(e => e.Key == key);
        Invalidate(key);
        if (weight > MaxBytes || ttl == 0)
        {
            return;
        }

        MakeRoom(MaxEntries - 1, MaxBytes - weight);
        var entry = (key, weight, Now + ttl);
        _probation.Insert(0, entry);
        if (wasProtected)
        {
            Use(entry);
        }
    }

    public bool Invalidate(int key) => _protected.RemoveAll(e => e.Key == key) + _probation.RemoveAll(e => e.Key == key) > 0;

    public void Clear()
    {
        _protected.Clear();
        _probation.Clear();
    }

    public void Resize(int maxEntries, long maxBytes)
    {
        (MaxEntries, MaxBytes) = (maxEntries, maxBytes);
        MakeRoom(maxEntries, maxBytes);
        Demote();
    }

    public void Advance(long seconds)
    {
        Now += seconds;
        _protected.RemoveAll(e => e.Expires <= Now);
        _probation.RemoveAll(e => e.Expires <= Now);
    }

    private void Use((int Key, int Weight, long Expires) entry)
    {
        var mayBeProtected = MaxEntries > 1 && entry.Weight <= MaxBytes - (MaxBytes / 5);
        if (_protected.Remove(entry))
        {
            _protected.Insert(0, entry);
        }
        else if (_probation.Remove(entry))
        {
            (mayBeProtected ? _protected : _probation).Insert(0, entry);
        }

        Demote();
    }

    private void Demote()
    {
        while (_protected.Count > MaxEntries - Math.Max(1, MaxEntries / 5) || _protected.Sum(e => e.Weight) > MaxBytes - (MaxBytes / 5))
        {
            _probation.Insert(0, _protected[^1]);
            _protected.RemoveAt(_protected.Count - 1);
        }
    }

    private void MakeRoom(int entries, long bytes)
    {
        while (_protected.Count + _probation.Count > entries || _protected.Sum(e => e.Weight) + _probation.Sum(e => e.Weight) > bytes)
        {
            var segment = _probation.Count > 0 ? _probation : _protected;
            segment.RemoveAt(segment.Count - 1);
        }
    }
}
