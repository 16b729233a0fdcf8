namespace MarketCache.Engine.Caching;

/// <summary>
/// What a tier could not be told of while it could not be written: values replaced, values removed, a clear. Bounded: of more keys
/// than that the oldest are forgotten, and what the tier holds of them is as good as what another process would find there.
/// </summary>
/// <param name="most">The most keys of each kind known for sure; up to twice as many are kept.</param>
internal sealed class MissedChanges<TKey>(int most)
    where TKey : notnull
{
    private HashSet<TKey> _replaced = [];
    private HashSet<TKey> _replacedBefore = [];
    private HashSet<TKey> _removed = [];
    private HashSet<TKey> _removedBefore = [];

    /// <summary>Whether there is nothing to make up for.</summary>
    public bool IsEmpty => !IsCleared && _replaced.Count + _replacedBefore.Count + _removed.Count + _removedBefore.Count == 0;

    /// <summary>Whether the tier was to be emptied.</summary>
    public bool IsCleared { get; private set; }

    /// <summary>Keys whose values were to be removed.</summary>
    public TKey[] Removed => [.. _removed, .. _removedBefore];

    /// <summary>Whether what the tier holds under a key is out of date.</summary>
    /// <param name="key">The key.</param>
    public bool Hides(TKey key) =>
        IsCleared || _replaced.Contains(key) || _replacedBefore.Contains(key) || _removed.Contains(key) || _removedBefore.Contains(key);

    /// <summary>A value was not replaced.</summary>
    /// <param name="key">Its key.</param>
    public void AddReplaced(TKey key) => Add(key, ref _replaced, ref _replacedBefore);

    /// <summary>A value was not removed.</summary>
    /// <param name="key">Its key.</param>
    public void AddRemoved(TKey key) => Add(key, ref _removed, ref _removedBefore);

    /// <summary>The tier was not emptied.</summary>
    public void AddClear()
    {
        SettleAll();
        IsCleared = true;
    }

    /// <summary>The value under a key is the newest, or gone.</summary>
    /// <param name="key">The key.</param>
    public void SettleReplaced(TKey key)
    {
        _replaced.Remove(key);
        _replacedBefore.Remove(key);
    }

    /// <summary>Values have been removed.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="all">Whether everything was.</param>
    public void SettleRemoved(IEnumerable<TKey> keys, bool all)
    {
        IsCleared &= !all;
        foreach (var key in keys)
        {
            _removed.Remove(key);
            _removedBefore.Remove(key);
            SettleReplaced(key);
        }
    }

    /// <summary>Nothing is left to make up for.</summary>
    public void SettleAll()
    {
        IsCleared = false;
        _replaced = [];
        _replacedBefore = [];
        _removed = [];
        _removedBefore = [];
    }

    private void Add(TKey key, ref HashSet<TKey> newest, ref HashSet<TKey> before)
    {
        if (newest.Count >= most && !newest.Contains(key))
        {
            before = newest;
            newest = [];
        }

        newest.Add(key);
    }
}
