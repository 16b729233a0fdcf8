namespace MarketCache.Engine.Diagnostics;

/// <summary>The requests of one data type by result.</summary>
internal sealed class RequestCounters
{
    private readonly StripedCounter[] _byResult = [new(), new(), new(), new()];

    /// <summary>The count of a result.</summary>
    /// <param name="result">The result.</param>
    public StripedCounter this[RequestResult result] => _byResult[(int)result];
}
