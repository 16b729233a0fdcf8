namespace MarketCache.Engine.Diagnostics;

/// <summary>Tells several of every provider call.</summary>
/// <param name="observers">Whom, in order.</param>
internal sealed class CallObservers(params IGatewayObserver[] observers) : IGatewayObserver
{
    /// <inheritdoc/>
    public void RecordProviderCall(string provider, string dataType, TimeSpan elapsed, int calls, long bytes, bool failed, decimal cost)
    {
        foreach (var observer in observers)
        {
            observer.RecordProviderCall(provider, dataType, elapsed, calls, bytes, failed, cost);
        }
    }
}
