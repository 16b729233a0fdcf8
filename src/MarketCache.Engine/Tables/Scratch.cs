namespace MarketCache.Engine.Tables;

/// <summary>Working memory of one encoding: a few numbered places, used again for every column.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly long[]?[] _places = new long[]?[10];

    /// <summary>The place's memory, with what was left there.</summary>
    public Span<long> Get(int place, int count)
    {
        if (_places[place] is not { } array || array.Length < count)
        {
            if (_places[place] is { } shorter)
            {
                NumberPool.Return(shorter);
            }

            _places[place] = array = NumberPool.Rent(count);
        }

        return new Span<long>(array, 0, count);
    }

    public void Dispose()
    {
        foreach (ref var place in _places.AsSpan())
        {
            if (place is not null)
            {
                NumberPool.Return(place);
                place = null;
            }
        }
    }
}
