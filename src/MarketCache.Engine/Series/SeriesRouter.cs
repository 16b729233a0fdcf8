using System.Collections.Concurrent;
using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Turns requests into routes, refusing those that cannot be answered.</summary>
internal sealed class SeriesRouter
{
    private const int MaxRoutes = 8192;
    private const int MaxTickerLength = 128;

    private DataTypeCatalog _types;
    private readonly CalendarCatalog _calendars;
    private readonly ProviderRegistry _providers;
    private int _absentPeriods;
    private long _generation;
    private readonly ConcurrentDictionary<RouteKey, SeriesRoute> _routes = new();
    private readonly ConcurrentDictionary<(string Provider, string Ticker), string> _hints = new();
    private readonly ConcurrentDictionary<(string Calendar, string Frequency), PeriodTable> _periods = new();
    private readonly ConcurrentDictionary<string, TradingCalendar> _inUse = new(StringComparer.Ordinal);

    public SeriesRouter(DataTypeCatalog types, CalendarCatalog calendars, ProviderRegistry providers, FreshnessOptions freshness)
    {
        _types = types;
        _calendars = calendars;
        _providers = providers;
        _absentPeriods = freshness.AbsentSessions;
    }

    /// <summary>Raised when a request deals with a calendar for the first time.</summary>
    public event Action<TradingCalendar>? CalendarUsed;

    /// <summary>The calendars that requests have dealt with.</summary>
    public IEnumerable<TradingCalendar> CalendarsInUse => _inUse.Values;

    /// <summary>The data types.</summary>
    public DataTypeCatalog Types => Volatile.Read(ref _types);

    /// <summary>The calendars.</summary>
    public CalendarCatalog Calendars => _calendars;

    /// <summary>The route that an earlier request of the same kind was given, if it is known.</summary>
    /// <param name="request">A request without parameters.</param>
    /// <returns>The route to the first provider of its chain, or null.</returns>
    public SeriesRoute? Recall(DataRequest request) =>
        _routes.TryGetValue(new RouteKey(request.DataType, request.Ticker, request.Frequency, request.Provider ?? string.Empty), out var route)
            ? route
            : null;

    /// <summary>The providers to be tried, in order.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">Its data type.</param>
    public IReadOnlyList<string> ChainOf(DataRequest request, DataTypeDefinition type)
    {
        if (request.Provider is not null)
        {
            return [request.Provider];
        }

        return type.Providers.Count > 0
            ? type.Providers
            : throw new MarketDataException(
                "NoProvider", $"No provider is configured for {type.Name}. Name one with -Provider, or under cache.data_types.{type.Name}.providers.")
            {
                Target = type.Name,
            };
    }

    /// <summary>Works out the route of a request to one provider.</summary>
    /// <param name="request">The request.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="isFirst">Whether it is the first of the request's chain, so that <see cref="Recall"/> may give this route.</param>
    /// <exception cref="MarketDataException">The request cannot be answered as it stands.</exception>
    public SeriesRoute Resolve(DataRequest request, string provider, bool isFirst = true)
    {
        var isPlain = isFirst && request.Parameters.Count == 0 && request.ExtendedHours != true;
        if (isPlain && Recall(request) is { } known
            && string.Equals(known.Provider, provider, StringComparison.OrdinalIgnoreCase))
        {
            return known;
        }

        // A route worked out while providers or types change belongs to the time before: it is used, but not kept.
        var generation = Interlocked.Read(ref _generation);
        var type = Types.Get(request.DataType);
        var entry = _providers.GetEntry(provider);
        var capabilities = entry.Provider.Capabilities;
        if (capabilities.Groups.Count > 0 && !capabilities.Groups.Any(g => g.Contains(type.Name, StringComparer.OrdinalIgnoreCase)))
        {
            throw new MarketDataException(
                "UnsupportedDataType",
                $"{entry.Options.Name} does not provide {type.Name}. It provides: {string.Join(", ", capabilities.Groups.SelectMany(g => g))}.")
            {
                Target = type.Name,
            };
        }

        if (!capabilities.HasVintages && Vintage.Of(request.Parameters) is not null)
        {
            throw new MarketDataException(
                "UnsupportedParameter", $"{entry.Options.Name} cannot tell what was known of {type.Name} on a day. Omit -AsKnownOn ('{Vintage.Parameter}'); Fred can, with a key.")
            {
                Target = Vintage.Parameter,
            };
        }

        var ticker = CheckTicker(request, type);
        var frequency = FrequencyOf(request.Frequency, type);
        var parameters = request.Parameters;
        if (request.ExtendedHours == true && frequency.IsIntraday && capabilities.HasExtendedHours)
        {
            parameters = new Dictionary<string, string>(parameters, StringComparer.OrdinalIgnoreCase) { [ProviderCapabilities.ExtendedHoursParameter] = "true" };
        }

        var route = Build(type, frequency, entry.Options.Name, ticker, parameters, capabilities);
        if (!route.IsOffered && (frequency.Rank <= Frequency.Daily.Rank || !capabilities.Frequencies.Contains(Frequency.Daily.Name)))
        {
            throw new MarketDataException(
                "UnsupportedFrequency",
                $"{route.Provider} does not offer {frequency.Name} {type.Name}. It offers: {string.Join(", ", capabilities.Frequencies)}.")
            {
                Target = request.Frequency,
            };
        }

        if (isPlain)
        {
            if (_routes.Count >= MaxRoutes)
            {
                _routes.Clear();
            }

            var key = new RouteKey(request.DataType, request.Ticker, request.Frequency, request.Provider ?? string.Empty);
            _routes[key] = route;
            if (Interlocked.Read(ref _generation) != generation)
            {
                _routes.TryRemove(new KeyValuePair<RouteKey, SeriesRoute>(key, route));
            }
        }

        return route;
    }

    /// <summary>Whether a provider answers requests for a data type.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="type">The data type.</param>
    public bool Provides(string provider, string type)
    {
        var groups = _providers.GetEntry(provider).Provider.Capabilities.Groups;
        return groups.Count == 0 || groups.Any(g => g.Contains(type, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The periods of a calendar.</summary>
    /// <param name="calendar">The calendar.</param>
    /// <param name="frequency">Their length.</param>
    public PeriodTable PeriodsOf(TradingCalendar calendar, Frequency frequency) => _periods.GetOrAdd(
        (calendar.Id, frequency.Name),
        static (_, of) => of.Frequency.IsIntraday ? new IntradayPeriods(of.calendar.Sessions, of.Frequency.BarLength!.Value, of.calendar.MidnightTicks)
            : new EarlierPeriods(of.Frequency == Frequency.Daily ? new SessionPeriods(of.calendar.Sessions) : new GroupedPeriods(of.calendar.Sessions, of.Frequency), of.Frequency),
        (calendar, Frequency: frequency));

    /// <summary>The same feed's route for another data type or frequency.</summary>
    /// <param name="route">A route.</param>
    /// <param name="type">The other data type.</param>
    /// <param name="frequency">Another frequency; null for the same.</param>
    public SeriesRoute Sibling(SeriesRoute route, DataTypeDefinition type, Frequency? frequency = null) =>
        Build(type, frequency ?? route.Frequency, route.Provider, route.Ticker, route.Parameters, route.Capabilities);

    /// <summary>Learns from a provider's metadata which calendar a ticker follows.</summary>
    /// <param name="route">The route in use.</param>
    /// <param name="calendar">The calendar named by the provider.</param>
    /// <returns>Whether routes change by it.</returns>
    public bool Learn(SeriesRoute route, string calendar)
    {
        if (route.Ticker is null || route.Type.Calendar is not null || !_calendars.TryGet(calendar, out var named))
        {
            return false;
        }

        var hint = (route.Provider, route.Ticker);
        if (_hints.TryGetValue(hint, out var before) && before == named.Id)
        {
            return false;
        }

        _hints[hint] = named.Id;
        if (_calendars.ForTicker(route.Ticker, named.Id) == route.Calendar.Id)
        {
            return false;
        }

        Forget();
        return true;
    }

    /// <summary>Goes on with other data types (their TTLs, say) and bounds of the freshness rule.</summary>
    /// <param name="types">The data types.</param>
    /// <param name="freshness">The bounds.</param>
    public void Change(DataTypeCatalog types, FreshnessOptions freshness)
    {
        Volatile.Write(ref _types, types);
        Volatile.Write(ref _absentPeriods, freshness.AbsentSessions);
        Forget();
    }

    /// <summary>Whether the ticker of a route has turned out to follow another calendar since the route was worked out.</summary>
    /// <param name="route">The route.</param>
    public bool HasMoved(SeriesRoute route) => !ReferenceEquals(CalendarOf(route.Type, route.Provider, route.Ticker), route.Calendar);

    /// <summary>Forgets every route: providers or calendars have changed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _routes.Clear();
    }

    /// <summary>The frequency that a request means: data published less often than daily answers a request that names none.</summary>
    /// <param name="text">The frequency as requested.</param>
    /// <param name="type">The data type.</param>
    /// <exception cref="MarketDataException">There is no such frequency, or the data is published less often.</exception>
    public static Frequency FrequencyOf(string text, DataTypeDefinition type)
    {
        var asked = Frequency.Parse(text);
        if (type.Shape == DataShape.Events)
        {
            // Events are dated by day, whatever the bar length.
            return Frequency.Daily;
        }

        var native = Frequency.Parse(type.NativeFrequency);
        if (asked == Frequency.Daily && native.Rank > asked.Rank)
        {
            return native;
        }

        return asked.Rank >= native.Rank || asked.IsIntraday == type.NeedsTicker || native == Frequency.Daily
            ? asked
            : throw new MarketDataException(
                "UnsupportedFrequency", $"{type.Name} is published {native.Name}; {asked.Name} is not available. Omit -Frequency.")
            {
                Target = text,
            };
    }

    private static string? CheckTicker(DataRequest request, DataTypeDefinition type)
    {
        var ticker = SeriesKey.CanonicalTicker(request.Ticker);
        if (ticker is null)
        {
            return type.NeedsTicker
                ? throw new MarketDataException("TickerRequired", $"{type.Name} needs a ticker, such as -Ticker AAPL.") { Target = type.Name }
                : null;
        }

        if (!type.NeedsTicker)
        {
            throw new MarketDataException("TickerNotAllowed", $"{type.Name} has no ticker; omit '{Shorten(ticker)}'.") { Target = ticker };
        }

        if (ticker.Length > MaxTickerLength || ticker.Any(char.IsControl))
        {
            throw new MarketDataException(
                "InvalidTicker", $"'{Shorten(ticker)}' is not a valid ticker: it is longer than {MaxTickerLength} characters or contains control characters.")
            {
                Target = Shorten(ticker),
            };
        }

        return ticker;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private SeriesRoute Build(
        DataTypeDefinition type,
        Frequency frequency,
        string provider,
        string? ticker,
        IReadOnlyDictionary<string, string> parameters,
        ProviderCapabilities capabilities)
    {
        var calendar = CalendarOf(type, provider, ticker);
        if (_inUse.TryAdd(calendar.Id, calendar))
        {
            CalendarUsed?.Invoke(calendar);
        }

        return new SeriesRoute(type, frequency, provider, ticker, parameters, calendar, PeriodsOf(calendar, frequency), capabilities, _absentPeriods);
    }

    private TradingCalendar CalendarOf(DataTypeDefinition type, string provider, string? ticker)
    {
        if (ticker is null || type.Calendar is not null)
        {
            return _calendars.Get(type.Calendar ?? "24/7");
        }

        return _calendars.Get(_calendars.ForTicker(ticker, _hints.GetValueOrDefault((provider, ticker))));
    }
}
