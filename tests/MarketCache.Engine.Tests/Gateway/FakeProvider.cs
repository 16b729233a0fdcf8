namespace MarketCache.Engine.Tests.Gateway;

/// <summary>A provider that does what the test says, call by call, and counts.</summary>
internal sealed class FakeProvider : IMarketDataProvider
{
    private int _calls;
    private int _now;
    private int _most;

    public string Name { get; init; } = "Fake";

    public ProviderCapabilities Capabilities { get; init; } = new();

    /// <summary>The answer to a call; its number starts at 1.</summary>
    public Func<int, ProviderRequest, CancellationToken, Task<ProviderResponse>> Answer { get; set; } = (_, _, _) => Task.FromResult(Empty);

    public static ProviderResponse Empty { get; } = new() { Series = [new ProviderSeries("OHLCV", MarketTable.Empty)], Bytes = 100 };

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The most calls that were under way at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _calls);
        var now = Interlocked.Increment(ref _now);
        InterlockedMax(ref _most, now);
        try
        {
            return await Answer(number, request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }

    /// <summary>Fails the first calls with these errors and answers the others.</summary>
    public FakeProvider Failing(params Exception[] failures)
    {
        Answer = (number, _, _) => number <= failures.Length ? Task.FromException<ProviderResponse>(failures[number - 1]) : Task.FromResult(Empty);
        return this;
    }

    /// <summary>Fails every call.</summary>
    public FakeProvider AlwaysFailing(Func<Exception> failure)
    {
        Answer = (_, _, _) => Task.FromException<ProviderResponse>(failure());
        return this;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
