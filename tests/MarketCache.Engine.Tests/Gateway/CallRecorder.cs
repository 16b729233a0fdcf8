using System.Collections.Concurrent;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Tests.Gateway;

internal sealed class CallRecorder : IProviderCallObserver
{
    public ConcurrentQueue<(string Provider, string DataType, int Calls, long Bytes, bool Failed, decimal Cost)> Calls { get; } = new();

    public void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, int calls, long bytes, bool failed, decimal cost) =>
        Calls.Enqueue((provider, dataType, calls, bytes, failed, cost));
}
