using MarketCache.Engine.Calendars;

namespace MarketCache.Workload;

/// <summary>Counts the calls of a cache keyed by the exact request, the kind that MarketCache is measured against.</summary>
internal sealed class ExactKeyCache(TradingCalendar calendar)
{
    private readonly Dictionary<(string, string, DateOnly, DateOnly), DateTime> _until = [];

    /// <summary>Calls it would have made.</summary>
    public int Calls { get; private set; }

    /// <summary>Takes a request.</summary>
    /// <param name="request">The request.</param>
    public void Ask(TracedRequest request)
    {
        var key = (request.DataType, request.Ticker, request.Start, request.End);
        if (_until.TryGetValue(key, out var until) && until > request.At)
        {
            return;
        }

        Calls++;
        var seconds = request.DataType switch
        {
            "ADJUSTED_CLOSE" => 86_400,
            "DIVIDEND" => 604_800,
            _ => calendar.IsOpen(request.At) ? 300 : 86_400,
        };
        _until[key] = request.At.AddSeconds(seconds);
    }
}
