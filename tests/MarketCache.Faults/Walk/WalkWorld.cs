using MarketCache.Engine.Calendars;

namespace MarketCache.Faults.Walk;

/// <summary>A stretch of days with one row: a session, or the sessions of a week.</summary>
/// <param name="First">Its first day, the row's date.</param>
/// <param name="Last">Its last day.</param>
/// <param name="Open">When it opens, UTC ticks.</param>
/// <param name="Close">When it closes, UTC ticks.</param>
internal readonly record struct Span(DateOnly First, DateOnly Last, long Open, long Close);

/// <summary>A split or dividend as it truly is.</summary>
/// <param name="Ex">The ex-day.</param>
/// <param name="IsSplit">Whether it is a split; else a dividend.</param>
/// <param name="Value">What the service reports of it.</param>
/// <param name="Factor">What earlier prices are multiplied by.</param>
/// <param name="RescaledAt">From when the service shows earlier rows multiplied, UTC ticks.</param>
internal sealed record TrueAction(DateOnly Ex, bool IsSplit, double Value, double Factor, long RescaledAt);

/// <summary>What one ticker's service would answer at any moment.</summary>
internal sealed class TrueTicker
{
    public List<TrueAction> Actions { get; } = [];

    /// <summary>Sessions whose prices the service has corrected, and by which factor.</summary>
    public Dictionary<DateOnly, double> PriceCorrections { get; } = [];

    /// <summary>Sessions whose volumes the service has corrected, and by how many shares.</summary>
    public Dictionary<DateOnly, long> VolumeCorrections { get; } = [];

    /// <summary>Sessions without a row until some moment.</summary>
    public Dictionary<DateOnly, long> Late { get; } = [];

    /// <summary>Sessions that the service shows without a value at present.</summary>
    public HashSet<DateOnly> Void { get; } = [];

    public string Currency { get; set; } = "USD";
}

/// <summary>
/// The truth of a walk: prices scattered over all their bits, so that no two sessions and no two histories look alike, and a
/// provider that tells them as they are at the moment it is asked.
/// </summary>
internal sealed class WalkWorld : IMarketDataProvider
{
    public static readonly string[] Group = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];
    private readonly int _seed;

    public WalkWorld(int seed, DateOnly from, DateOnly to)
    {
        _seed = seed;
        var exchange = new CalendarCatalog().Get("XNYS");
        Sessions = SessionsOf(exchange, from, to);
        Weeks = [.. Sessions.GroupBy(s => s.First.AddDays(-(((int)s.First.DayOfWeek + 6) % 7)))
            .Select(g => new Span(g.Key, g.Key.AddDays(6), g.First().Open, g.Last().Close))];
        Rates = SessionsOf(new CalendarCatalog().Get("USGOV"), from, to);
        RatesLag = new CalendarCatalog().Get("USGOV").Lag.Ticks;
        Capabilities = new ProviderCapabilities
        {
            IsLocal = true,
            Frequencies = [],
            Groups = [Group, ["TREASURY_10Y"]],
            Adjustments = new Dictionary<string, AdjustmentKinds>
            {
                ["OHLCV"] = AdjustmentKinds.Splits,
                ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
            },
        };
    }

    public string Name => "Walk";

    public ProviderCapabilities Capabilities { get; }

    public Span[] Sessions { get; }

    public Span[] Weeks { get; }

    public Span[] Rates { get; }

    public long RatesLag { get; }

    public Dictionary<string, TrueTicker> Tickers { get; } = new(StringComparer.Ordinal);

    /// <summary>What the next calls meet.</summary>
    public Fate Fate { get; set; }

    /// <summary>How many calls are answered before <see cref="Fate"/> strikes.</summary>
    public int Patience { get; set; }

    /// <summary>Stops the request of this step; a silent service calls it, so that the stop comes at the same place in every run.</summary>
    public Action Stop { get; set; } = static () => { };

    /// <summary>The calls of this step, in order, with the answers that were given.</summary>
    public List<(ProviderRequest Request, ProviderResponse? Response)> Calls { get; } = [];

    public Span[] SpansOf(string dataType, string frequency) =>
        dataType == "TREASURY_10Y" ? Rates : frequency == "weekly" ? Weeks : Sessions;

    /// <summary>The spans that have opened and lie within some days.</summary>
    public IEnumerable<Span> Opened(string dataType, string frequency, DateOnly start, DateOnly end, long now)
    {
        var spans = SpansOf(dataType, frequency);
        for (var i = IndexAtOrAfter(spans, start); i < spans.Length && spans[i].Last <= end && spans[i].Open <= now; i++)
        {
            yield return spans[i];
        }
    }

    public static int IndexAtOrAfter(Span[] spans, DateOnly first)
    {
        var (low, high) = (0, spans.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = spans[middle].First < first ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    public static bool Concerns(TrueAction action, string type) =>
        type == "ADJUSTED_CLOSE" || (type == "OHLCV" && action.IsSplit);

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        if (Fate != Fate.Well && --Patience < 0)
        {
            lock (Calls)
            {
                Calls.Add((request, null));
            }

            switch (Fate)
            {
                case Fate.Down:
                    throw new ProviderException(ProviderErrorKind.Unavailable, "down");
                case Fate.Unknown:
                    throw new ProviderException(ProviderErrorKind.NotFound, "no such ticker");
                case Fate.Silent:
                    Stop();
                    await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }

        var response = Fate == Fate.Empty ? Answer(request, isEmpty: true) : Answer(request, isEmpty: false);
        lock (Calls)
        {
            Calls.Add((request, response));
        }

        return response;
    }

    private ProviderResponse Answer(ProviderRequest request, bool isEmpty)
    {
        var spans = Opened(request.DataType, request.Frequency, request.Start, request.End, request.Now.Ticks).ToArray();
        if (request.Ticker is not { } name)
        {
            return new ProviderResponse { Series = [new ProviderSeries(request.DataType, Values(isEmpty ? [] : spans, s => Rate(s, request.Now.Ticks)))] };
        }

        var ticker = Tickers[name];
        var there = spans.Where(s => !isEmpty && (!ticker.Late.TryGetValue(s.First, out var until) || s.Last > s.First || request.Now.Ticks >= until)).ToArray();
        double[] Row(Span s, string type)
        {
            if (s.Last > s.First)
            {
                var days = Opened(type, "daily", s.First, s.Last, request.Now.Ticks)
                    .Where(d => !ticker.Void.Contains(d.First) && (!ticker.Late.TryGetValue(d.First, out var until) || request.Now.Ticks >= until))
                    .Select(d => Row(d, type)).ToList();
                return days.Count == 0 ? [double.NaN, double.NaN, double.NaN, double.NaN, 0] : Week(days);
            }

            var salts = (ReadOnlySpan<int>)(type == "OHLCV" ? [1, 2, 3, 4] : [4]);
            var values = new List<double>();
            foreach (var salt in salts)
            {
                values.Add(ticker.Void.Contains(s.First) ? double.NaN : PriceOf(name, ticker, s, type, salt, request.Now.Ticks));
            }

            return type == "OHLCV" ? [.. values, Volume(s)] : [.. values];
        }

        double Price(Span s, string type, int at) => Row(s, type)[at];
        MarketTable Events(bool isSplit)
        {
            var events = ticker.Actions.Where(a => a.IsSplit == isSplit && a.Ex >= request.Start && a.Ex <= request.End
                && Sessions.Any(s => s.First == a.Ex && s.Open <= request.Now.Ticks)).OrderBy(a => a.Ex).ToArray();
            return new MarketTable(
                MarketColumn.OfDates("Date", [.. events.Select(a => a.Ex)]), MarketColumn.OfDoubles("Value", [.. events.Select(a => isSplit || ticker.Currency == "USD" ? a.Value : a.Value * 0.87)]));
        }

        MarketColumn Doubles(string column, Func<Span, double> value)
        {
            double[] values = [.. there.Select(value)];
            return MarketColumn.OfDoubles(column, [.. values.Select(v => double.IsNaN(v) ? 0 : v)], [.. values.Select(v => !double.IsNaN(v))]);
        }

        long Volume(Span s) => s.Last > s.First ? (long)Row(s, "OHLCV")[4]
            : (long)(Scatter(name, s.First.DayNumber, 9) * 1e9) + ticker.VolumeCorrections.GetValueOrDefault(s.First);
        return new ProviderResponse
        {
            Currency = ticker.Currency,
            Series =
            [
                new ProviderSeries("OHLCV", new MarketTable(
                    MarketColumn.OfDates("Date", [.. there.Select(s => s.First)]),
                    Doubles("Open", s => Price(s, "OHLCV", 0)),
                    Doubles("High", s => Price(s, "OHLCV", 1)),
                    Doubles("Low", s => Price(s, "OHLCV", 2)),
                    Doubles("Close", s => Price(s, "OHLCV", 3)),
                    MarketColumn.OfLongs("Volume", [.. there.Select(Volume)]))),
                new ProviderSeries("ADJUSTED_CLOSE", new MarketTable(
                    MarketColumn.OfDates("Date", [.. there.Select(s => s.First)]), Doubles("Value", s => Price(s, "ADJUSTED_CLOSE", 0)))),
                new ProviderSeries("VOLUME", new MarketTable(
                    MarketColumn.OfDates("Date", [.. there.Select(s => s.First)]), MarketColumn.OfLongs("Value", [.. there.Select(Volume)]))),
                new ProviderSeries("DIVIDEND", Events(isSplit: false)),
                new ProviderSeries("SPLIT", Events(isSplit: true)),
            ],
        };
    }

    /// <summary>The bar that daily ones add up to.</summary>
    public static double[] Week(List<double[]> days) => days[0].Length == 1
        ? days[^1]
        : [days[0][0], days.Max(d => d[1]), days.Min(d => d[2]), days[^1][3], days.Sum(d => d[4])];

    private double PriceOf(string name, TrueTicker ticker, Span span, string type, int salt, long now)
    {
        var price = 50 + (50 * Scatter(name, span.First.DayNumber, salt));
        foreach (var action in ticker.Actions)
        {
            price *= Concerns(action, type) && span.Last < action.Ex && now >= action.RescaledAt ? action.Factor : 1;
        }

        price *= ticker.PriceCorrections.GetValueOrDefault(span.First, 1);
        price *= ticker.Currency == "USD" ? 1 : 0.87;
        return now >= span.Close ? price : price * (1 + ((now - span.Open) / TimeSpan.TicksPerSecond * 1e-5));
    }

    private double Rate(Span span, long now) =>
        (0.01 + (0.05 * Scatter("10Y", span.First.DayNumber, 1))) * (now >= span.Close + RatesLag ? 1 : 1 + ((now - span.Open) / TimeSpan.TicksPerSecond * 1e-5));

    private static MarketTable Values(Span[] spans, Func<Span, double> value) => new(
        MarketColumn.OfDates("Date", [.. spans.Select(s => s.First)]), MarketColumn.OfDoubles("Value", [.. spans.Select(value)]));

    private double Scatter(string name, int day, int salt)
    {
        var mixed = (ulong)_seed * 0x9E3779B97F4A7C15;
        foreach (var part in (ReadOnlySpan<ulong>)[(ulong)day, (ulong)salt, .. name.Select(static c => (ulong)c)])
        {
            mixed = (mixed ^ part) * 0xBF58476D1CE4E5B9;
            mixed ^= mixed >> 31;
        }

        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    private static Span[] SessionsOf(TradingCalendar calendar, DateOnly from, DateOnly to)
    {
        var found = new List<Span>();
        for (var i = calendar.Sessions.IndexAtOrAfter(from); i < calendar.Sessions.Count && calendar.Sessions[i].Day <= to; i++)
        {
            var session = calendar.Sessions[i];
            found.Add(new Span(session.Day, session.Day, session.Open.Ticks, session.Close.Ticks));
        }

        return [.. found];
    }
}

/// <summary>How a service treats a call.</summary>
internal enum Fate
{
    Well,
    Down,
    Unknown,
    Empty,
    Silent,
}
