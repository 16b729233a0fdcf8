using System.Runtime.ExceptionServices;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Series;

/// <summary>How a flight failed that several may have waited for.</summary>
/// <param name="Error">The failure.</param>
/// <param name="Order">The order that started the flight.</param>
/// <param name="Leader">Cancelled when the request that started it is gone.</param>
internal sealed record FetchFailure(ExceptionDispatchInfo Error, FetchOrder Order, CancellationToken Leader)
{
    /// <summary>
    /// Whether somebody who joined for an order of his own would have fared the same: the service is down, or it was requested just
    /// that. What is wrong with the days or the type that another one wanted is not, nor is a failure that came of his leaving.
    /// </summary>
    /// <param name="order">The order.</param>
    public bool Concerns(FetchOrder order) =>
        !Leader.IsCancellationRequested
        && Error.SourceException is not MarketDataException { ErrorId: ProviderLane.CommandEnded }
        && (Error.SourceException is ProviderException { Kind: ProviderErrorKind.Unavailable or ProviderErrorKind.RateLimited or ProviderErrorKind.Unauthorized }
            || (order.Route.Key.Text == Order.Route.Key.Text && order.Range == Order.Range && order.Policy == Order.Policy));
}
