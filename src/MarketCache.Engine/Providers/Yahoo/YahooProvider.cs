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

    /// <summary>Far enough back to meet a session, over any holidays.</summary>
    private const int SessionBeforeDays = 10;

    /// <summary>Late prints and corrections reach volumes for two days after the session, prices hardly ever.</summary>
    private static readonly TimeSpan VolumesSettle = TimeSpan.FromDays(2);

    /// <summary>Rarer corrections come for weeks: that many sessions travel along with each call for newer ones.</summary>
    private const int SessionsLookedAtAgain = 10;

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
        VolumeSettle = VolumesSettle,
        LooksBack = SessionsLookedAtAgain,
        HasExtendedHours = true,
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
        var fetch = new Fetch(ExchangeZone.Of(request), request.Start < Earliest ? Earliest : request.Start);
        await AskAsync(fetch, request, interval, cancellationToken).ConfigureAwait(false);
        var answer = Read(fetch, request);
        if (answer.NeedsSessionBefore && fetch.Start > Earliest.AddDays(SessionBeforeDays))
        {
            fetch.Start = fetch.Start.AddDays(-SessionBeforeDays);
            await AskAsync(fetch, request, interval, cancellationToken).ConfigureAwait(false);
            answer = Read(fetch, request);
        }

        if (!answer.Series.Any(s => s.DataType.Equals(request.DataType, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused(ProviderErrorKind.BadResponse, request, $"answered for {request.Ticker} without {request.DataType}");
        }

        var first = fetch.First;
        return new ProviderResponse
        {
            Series = answer.Series,
            Calendar = CalendarOf(first, request),
            Currency = QuoteUnit.CurrencyOf(first.Currency),
            FirstTraded = first.FirstTraded,
            ProvisionalFrom = answer.ProvisionalFrom,
            Bytes = fetch.Bytes,
            Calls = Math.Max(1, fetch.Calls),
        };
    }

    private YahooAnswer Read(Fetch fetch, ProviderRequest request)
    {
        var sessions = _calendars.TryGet(CalendarOf(fetch.First, request) ?? request.Calendar, out var calendar) ? calendar : _calendars.Get("24/7");
        return YahooChart.ToSeries(fetch.Charts, request, sessions.Sessions, WithExtendedHours(request));
    }

    private string? CalendarOf(YahooChart chart, ProviderRequest request) =>
        chart.ExchangeName is null && chart.Zone is null ? null : _calendars.ForTicker(request.Ticker!, chart.ExchangeName, chart.Zone?.Id);

    private static bool WithExtendedHours(ProviderRequest request) =>
        request.Parameters.TryGetValue(ProviderCapabilities.ExtendedHoursParameter, out var text) && bool.TryParse(text, out var wanted) && wanted;

    private async Task AskAsync(Fetch fetch, ProviderRequest request, string interval, CancellationToken cancellationToken)
    {
        fetch.Charts.Clear();

        // Longer bars are asked for whole.
        var last = BarPeriod.LastDay(request.End, request.Frequency);

        // A span longer than the service keeps minutes for goes out whole: the service says what it keeps.
        var inWindows = interval == "1m" && last.DayNumber - request.Start.DayNumber <= MinuteDaysKept;
        for (var start = fetch.Start; start <= last;)
        {
            var end = inWindows && last.DayNumber - start.DayNumber >= MinuteWindowDays ? start.AddDays(MinuteWindowDays - 1) : last;
            var chart = await ChartAsync(fetch, request, interval, start, end, cancellationToken).ConfigureAwait(false);

            // Days were cut at the wrong midnights: once more at those of the exchange, or rows at the ends would be missing.
            if (chart.Zone is { } own && own.Id != fetch.Zone.Id && !SameDays(own, fetch.Zone, start, end))
            {
                fetch.Zone = own;
                chart = await ChartAsync(fetch, request, interval, start, end, cancellationToken).ConfigureAwait(false);
            }

            fetch.Charts.Add(chart);
            start = end.AddDays(1);
        }
    }

    /// <summary>Whether both zones cut the stretch at the same instants.</summary>
    private static bool SameDays(ExchangeZone a, ExchangeZone b, DateOnly start, DateOnly end) =>
        a.StartOf(start) == b.StartOf(start) && a.StartOf(end.AddDays(1)) == b.StartOf(end.AddDays(1));

    private async Task<YahooChart> ChartAsync(
        Fetch fetch, ProviderRequest request, string interval, DateOnly start, DateOnly end, CancellationToken cancellationToken)
    {
        var query = new HttpQuery
        {
            Path = "v8/finance/chart/" + Uri.EscapeDataString(YahooChart.SymbolOf(request.Ticker!, _calendars.IsExchangeSuffix)),
            Parameters =
            [
                ("period1", UnixSeconds(fetch.Zone.StartOf(start))),
                ("period2", UnixSeconds(fetch.Zone.StartOf(end.AddDays(1)))),
                ("interval", interval),
                ("includePrePost", WithExtendedHours(request) ? "true" : "false"),
                ("events", "div,splits,capitalGains"),
            ],
            Subject = request.Ticker!,
        };
        var answer = await _http.GetAsync(query, cancellationToken).ConfigureAwait(false);
        fetch.Calls += answer.Calls;
        fetch.Bytes += answer.WireBytes;
        return YahooChartReader.Read(answer, query, _http, fetch.Zone);
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

    /// <summary>The calls that answer one request.</summary>
    private sealed class Fetch(ExchangeZone zone, DateOnly start)
    {
        public ExchangeZone Zone { get; set; } = zone;

        public DateOnly Start { get; set; } = start;

        public List<YahooChart> Charts { get; } = [];

        public YahooChart First => Charts.Count > 0 ? Charts[0] : YahooChart.Empty;

        public int Calls { get; set; }

        public long Bytes { get; set; }
    }
}
