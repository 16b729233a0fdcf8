namespace MarketCache.Engine.Tables;

/// <summary>Working memory that lives as long as one encoding.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly List<long[]> _rented = [];
    private int _used;

    public Numbers Rent(int count)
    {
        if (_rented.Count == 0 || _rented[^1].Length - _used < count)
        {
            _rented.Add(NumberPool.Rent(Math.Max(count, NumberPool.KeptLength)));
            _used = 0;
        }

        _used += count;
        return new Numbers(_rented[^1], _used - count, count);
    }

    public void Dispose()
    {
        foreach (var array in _rented)
        {
            NumberPool.Return(array);
        }

        _rented.Clear();
    }
}
