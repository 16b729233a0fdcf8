namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// One <typeparamref name="T"/> per name, found in a few nanoseconds when the name is the same string object as before. The
/// number of names is bounded; beyond it, all others share one called <c>other</c>.
/// </summary>
internal sealed class NamedCounters<T>(Func<string, T> create)
    where T : class
{
    private const int MaxNames = 64;

    private readonly object _gate = new();
    private KeyValuePair<string, T>[] _items = [];

    /// <summary>The names and what belongs to them, in the order they came up.</summary>
    public IReadOnlyList<KeyValuePair<string, T>> Items => Volatile.Read(ref _items);

    /// <summary>What belongs to the name, made if it is new; case makes no difference.</summary>
    /// <param name="name">The name.</param>
    public T For(string name)
    {
        foreach (ref readonly var item in Volatile.Read(ref _items).AsSpan())
        {
            if (ReferenceEquals(item.Key, name))
            {
                return item.Value;
            }
        }

        return Find(name);
    }

    private T Find(string name)
    {
        if (Search(name) is { } known)
        {
            return known;
        }

        lock (_gate)
        {
            return Search(name) ?? (_items.Length < MaxNames ? Append(name) : Search("other") ?? Append("other"));
        }
    }

    private T? Search(string name)
    {
        foreach (var item in Volatile.Read(ref _items))
        {
            if (string.Equals(item.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return item.Value;
            }
        }

        return null;
    }

    private T Append(string name)
    {
        var item = create(name);
        Volatile.Write(ref _items, [.. _items, new KeyValuePair<string, T>(name, item)]);
        return item;
    }
}
