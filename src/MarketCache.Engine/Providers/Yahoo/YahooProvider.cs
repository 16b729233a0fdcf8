using MarketCache.Engine.Calendars;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>
/// Prices, dividends and splits from the chart service behind finance.yahoo.com, which needs no key. Prices and volumes are adjusted
/// for splits, the adjusted close for dividends too. Its peculiarities are listed in docs/providers.md.
/// </summary>
public sealed class YahooProvider : IMarketDataProvider, IDisposable
{
    /// <summary>The service serves minutes in windows of at most eight days.</summary>
    private const int MinuteWindowDays = 7;

    private const int MinuteDaysKept = 31;

    private const string Agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

    /// <summary>Earlier days are not asked for; the oldest series begins in 1927.</summary>
    private static readonly DateOnly Earliest = new(1900, 1, 1);

    private static readonly Dictionary<string, string> Intervals = new(StringComparer.OrdinalIgnoreCase)
    {
        ["daily"] = "1d",
        ["weekly"] = "1wk",
        ["monthly"] = "1mo",
        ["1m"] = "1m",
        ["2m"] = "2m",
        ["5m"] = "5m",
        ["15m"] = "15m",
        ["30m"] = "30m",
        ["1h"] = "60m",
        ["90m"] = "90m",
    };

    private readonly HttpSource _http;
    private readonly CalendarCatalog _calendars;

    private YahooProvider(string name, HttpSourceOptions options, ProviderServices services)
    {
        Name = name;
        _http = new HttpSource(options, services.TimeProvider);
        _calendars = services.Calendars;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; } = new()
    {
        Groups = [YahooChart.DataTypes],
        Frequencies = [.. Intervals.Keys],
        Adjustments = new Dictionary<string, AdjustmentKinds>(StringComparer.OrdinalIgnoreCase)
        {
            ["OHLCV"] = AdjustmentKinds.Splits,
            ["VOLUME"] = AdjustmentKinds.Splits,
            ["DIVIDEND"] = AdjustmentKinds.Splits,
            ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
        },
    };

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Yahoo",
        Description = "Prices, dividends and splits from finance.yahoo.com, without a key",
        Settings = HttpSettings.All,
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static YahooProvider FromOptions(ProviderOptions options, ProviderServices services)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        var source = HttpSourceOptions.From(options, ["https://query2.finance.yahoo.com", "https://query1.finance.yahoo.com"], Agent);
        return new YahooProvider(options.Name, source, services);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <inheritdoc/>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var interval = Check(request);
        var parts = new List<YahooChart>();
        var calls = 0;
        long bytes = 0;
        var zone = ExchangeZone.Of(request);

        // Longer bars are asked for whole.
        var last = BarPeriod.LastDay(request.End, request.Frequency);

        // A span longer than the service keeps minutes for goes out whole: the service says what it keeps.
        var inWindows = interval == "1m" && last.DayNumber - request.Start.DayNumber <= MinuteDaysKept;
        for (var start = request.Start < Earliest ? Earliest : request.Start; start <= last;)
        {
            var end = inWindows && last.DayNumber - start.DayNumber >= MinuteWindowDays ? start.AddDays(MinuteWindowDays - 1) : last;
            var (chart, answer) = await ChartAsync(request, interval, start, end, zone, cancellationToken).ConfigureAwait(false);
            calls += answer.Calls;
            bytes += answer.WireBytes;

            // Days were cut at the wrong midnights: once more at those of the exchange, or rows at the ends would be missing.
            if (chart.Zone is { } own && own.Id != zone.Id && !SameDays(own, zone, start, end))
            {
                zone = own;
                (chart, answer) = await ChartAsync(request, interval, start, end, zone, cancellationToken).ConfigureAwait(false);
                calls += answer.Calls;
                bytes += answer.WireBytes;
            }

            parts.Add(chart);
            start = end.AddDays(1);
        }

        var first = parts.Count > 0 ? parts[0] : YahooChart.Empty;
        var series = YahooChart.ToSeries(parts, request);
        if (!series.Any(s => s.DataType.Equals(request.DataType, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused(ProviderErrorKind.BadResponse, request, $"answered for {request.Ticker} without {request.DataType}");
        }

        return new ProviderResponse
        {
            Series = series,
            Calendar = first.ExchangeName is null && first.Zone is null ? null : _calendars.ForTicker(request.Ticker!, first.ExchangeName, first.Zone?.Id),
            Currency = YahooChart.IsoCurrency(first.Currency),
            FirstTraded = first.FirstTraded,
            Bytes = bytes,
            Calls = Math.Max(1, calls),
        };
    }

    /// <summary>Whether both zones cut the stretch at the same instants.</summary>
    private static bool SameDays(ExchangeZone a, ExchangeZone b, DateOnly start, DateOnly end) =>
        a.StartOf(start) == b.StartOf(start) && a.StartOf(end.AddDays(1)) == b.StartOf(end.AddDays(1));

    private async Task<(YahooChart Chart, HttpAnswer Answer)> ChartAsync(
        ProviderRequest request, string interval, DateOnly start, DateOnly end, ExchangeZone zone, CancellationToken cancellationToken)
    {
        var query = new HttpQuery
        {
            Path = "v8/finance/chart/" + Uri.EscapeDataString(request.Ticker!),
            Parameters =
            [
                ("period1", UnixSeconds(zone.StartOf(start))),
                ("period2", UnixSeconds(zone.StartOf(end.AddDays(1)))),
                ("interval", interval),
                ("includePrePost", "false"),
                ("events", "div,splits,capitalGains"),
            ],
            Subject = request.Ticker!,
        };
        var answer = await _http.GetAsync(query, cancellationToken).ConfigureAwait(false);
        return (YahooChartReader.Read(answer, query, _http, zone), answer);
    }

    private string Check(ProviderRequest request)
    {
        if (request.Ticker is not { } ticker)
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}");
        }

        if (!TickerRules.IsTicker(ticker))
        {
            throw Refused(ProviderErrorKind.NotFound, request, "cannot have such a ticker");
        }

        if (!Intervals.TryGetValue(request.Frequency, out var interval))
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.Frequency} bars");
        }

        var offered = YahooChart.DataTypesAt(interval);
        return offered.Contains(request.DataType, StringComparer.OrdinalIgnoreCase) ? interval
            : throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.DataType} at frequency {request.Frequency}; it has {string.Join(", ", offered)}");
    }

    private static string UnixSeconds(DateTime utc) =>
        new DateTimeOffset(utc).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private ProviderException Refused(ProviderErrorKind kind, ProviderRequest request, string why) =>
        new(kind, $"Provider '{Name}' {why}.") { Target = request.Ticker ?? request.DataType, Provider = Name };
}
