using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Tests.Caching;

/// <summary>A tier over a dictionary whose reads and writes can be made to fail, and that can pause in a read.</summary>
internal sealed class FaultyCache(string name) : ICache<string, int>
{
    private readonly Dictionary<string, int> _values = [];

    public bool ReadsFail { get; set; }

    public bool WritesFail { get; set; }

    public int Attempts { get; private set; }

    public Action? AfterRead { get; set; }

    public CacheTierStatistics Statistics => new() { Tier = name, Entries = _values.Count };

    public bool TryGet(string key, [MaybeNullWhen(false)] out int value)
    {
        Try(ReadsFail);
        bool isFound;
        lock (_values)
        {
            isFound = _values.TryGetValue(key, out value);
        }

        AfterRead?.Invoke();
        return isFound;
    }

    public void Put(string key, int value, TimeSpan? ttl = null)
    {
        Try(WritesFail);
        lock (_values)
        {
            _values[key] = value;
        }
    }

    public bool Invalidate(string key)
    {
        Try(WritesFail);
        lock (_values)
        {
            return _values.Remove(key);
        }
    }

    public void Clear()
    {
        Try(WritesFail);
        lock (_values)
        {
            _values.Clear();
        }
    }

    private void Try(bool fails)
    {
        Attempts++;
        if (fails)
        {
            throw new IOException("The disk is away.");
        }
    }
}
