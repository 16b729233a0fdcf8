using MarketCache.Benchmarks.Data;

namespace MarketCache.Benchmarks.Peers;

/// <summary>
/// Ten years of daily bars for any number of tickers: recorded prices, each ticker another stretch of them on the newest recorded days. With all
/// types there are adjusted closes in single precision, volumes and a dividend every 63 sessions too, as Yahoo sends them.
/// </summary>
internal sealed class PeerProvider : IMarketDataProvider
{
    /// <summary>Sessions of ten years.</summary>
    public const int TenYears = 2520;

    private static readonly string[] Recorded = ["aapl", "spy", "ibm", "goog", "bac", "qqq", "eem"];
    private readonly List<MarketTable> _histories = [.. Recorded.Select(PriceHistory.Daily).Where(table => table.RowCount > TenYears + 500)];
    private readonly DateOnly[] _days;
    private readonly bool _allTypes;

    public PeerProvider(bool allTypes)
    {
        _allTypes = allTypes;
        var newest = _histories[0].Column<DateOnly>("Date").Values;
        _days = newest[^TenYears..].ToArray();
        Capabilities = new ProviderCapabilities
        {
            IsLocal = true,
            Groups = allTypes ? [["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND"]] : [["OHLCV"]],
        };
    }

    public string Name => "Peer";

    public ProviderCapabilities Capabilities { get; }

    /// <summary>The newest five years.</summary>
    public DateRange FiveYears => new(_days[TenYears / 2], _days[^1]);

    /// <summary>All days.</summary>
    public DateRange Whole => new(_days[0], _days[^1]);

    /// <summary>The bars of a ticker, named T0, T1 and so on.</summary>
    /// <param name="ticker">The ticker.</param>
    public MarketTable Bars(string ticker)
    {
        var number = int.Parse(ticker.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        var history = _histories[number % _histories.Count];
        var start = history.RowCount - TenYears - (number / _histories.Count * 37 % (history.RowCount - TenYears));
        var rows = history.Slice(start, TenYears);
        return new MarketTable([MarketColumn.OfDates("Date", [.. _days]), .. rows.Columns.Skip(1)]);
    }

    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        var bars = Bars(request.Ticker!);
        List<ProviderSeries> series = [new("OHLCV", bars)];
        if (_allTypes)
        {
            var closes = bars.Column<double>("Close").Values;
            var adjusted = new double[closes.Length];
            for (var i = 0; i < adjusted.Length; i++)
            {
                adjusted[i] = (float)(closes[i] * Math.Pow(0.997, (closes.Length - i) / 63));
            }

            DateOnly[] payDays = [.. _days.Where((_, i) => i % 63 == 62)];
            series.Add(Values("ADJUSTED_CLOSE", [.. _days], adjusted));
            series.Add(Values("VOLUME", [.. _days], [.. bars.Column<long>("Volume").Values.ToArray().Select(volume => (double)volume)]));
            series.Add(Values("DIVIDEND", payDays, [.. payDays.Select((_, i) => (20 + (i / 4)) / 100.0)]));
        }

        return Task.FromResult(new ProviderResponse { Series = series });
    }

    private static ProviderSeries Values(string type, DateOnly[] days, double[] values) =>
        new(type, new MarketTable(MarketColumn.OfDates("Date", days), MarketColumn.OfDoubles("Value", values)));
}
