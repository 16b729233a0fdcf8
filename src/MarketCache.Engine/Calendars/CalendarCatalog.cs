using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>
/// The trading calendars, built in and configured, by name; and which of them a ticker follows. A calendar's file is read when it
/// is first requested. Safe for use by many threads.
/// </summary>
internal sealed class CalendarCatalog
{
    private const string IndexResource = "Calendars/index.yaml";
    private const string TickersResource = "Calendars/tickers.yaml";
    private const string Assumed = "ANY";

    private static readonly Lazy<CalendarCatalog> BuiltIn = new(() => new CalendarCatalog());

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TradingCalendar> Shipped = new(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<DataNode>> _overlays = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TradingCalendar> _calendars = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _gate = new();
    private readonly IReadOnlyList<TickerRule> _configuredTickers;
    private readonly Lazy<BuiltInTickers> _builtInTickers;

    /// <param name="overlays">Calendars that configuration adds or changes; of several for one calendar each changes what those before left.</param>
    /// <param name="tickers">Ticker rules of the configuration, the first to match first.</param>
    /// <exception cref="ConfigurationException">A ticker rule names an unknown calendar.</exception>
    public CalendarCatalog(IEnumerable<CalendarOverlay>? overlays = null, IEnumerable<TickerRule>? tickers = null)
    {
        foreach (var (id, entry) in DataFileReader.ReadResource(IndexResource)["calendars"]!.Entries)
        {
            _files.Add(id, $"Calendars/{id.ToLowerInvariant().Replace('/', '-')}.yaml");
            _names.Add(id, id);
            foreach (var alias in entry.Items)
            {
                _names.Add(alias.Text, id);
            }
        }

        foreach (var overlay in overlays ?? [])
        {
            // A change to an alias (XNAS) changes the calendar behind it, unless the alias becomes a separate calendar.
            var isChange = overlay.Rules["hours"] is null && overlay.Rules["extends"] is null;
            var id = _names.TryGetValue(overlay.Id, out var named) && (isChange || string.Equals(named, overlay.Id, StringComparison.OrdinalIgnoreCase))
                ? named
                : overlay.Id;
            _names[id] = id;
            if (!_overlays.TryGetValue(id, out var all))
            {
                _overlays.Add(id, all = []);
            }

            all.Add(overlay.Rules);
        }

        _builtInTickers = new Lazy<BuiltInTickers>(() => BuiltInTickers.Read(TickersResource));
        _configuredTickers = [.. tickers ?? []];
        foreach (var rule in _configuredTickers)
        {
            if (!_names.ContainsKey(rule.Calendar))
            {
                throw Unknown(rule.Calendar, rule.Source);
            }
        }
    }

    /// <summary>The built-in calendars, without any configuration.</summary>
    public static CalendarCatalog Default => BuiltIn.Value;

    /// <summary>The calendars' names, sorted; aliases are not listed.</summary>
    public IReadOnlyList<string> Ids => [.. _names.Values.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Finds a calendar.</summary>
    /// <param name="id">Its name or an alias; case makes no difference.</param>
    /// <exception cref="MarketDataException">There is none of that name (<c>UnknownCalendar</c>), or its configured rules are wrong.</exception>
    public TradingCalendar Get(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return TryGet(id, out var calendar) ? calendar : throw Unknown(id, null);
    }

    /// <summary>Finds a calendar.</summary>
    /// <param name="id">Its name or an alias; case makes no difference.</param>
    /// <param name="calendar">The calendar.</param>
    /// <exception cref="MarketDataException">Its configured rules are wrong.</exception>
    public bool TryGet(string id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TradingCalendar? calendar)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_gate)
        {
            if (_calendars.TryGetValue(id, out calendar))
            {
                return true;
            }

            if (!_names.TryGetValue(id, out var name))
            {
                calendar = AssumedZone(id) is { } zone ? Shipped.GetOrAdd($"{Assumed}/{zone}", static (named, catalog) => catalog.Assume(named), this) : null;
                return calendar is not null;
            }

            if (!_calendars.TryGetValue(name, out calendar))
            {
                calendar = Load(name);
                _calendars.Add(name, calendar);
            }

            // Under the alias too, so that the next look-up is one step.
            _calendars[id] = calendar;
            return true;
        }
    }

    /// <summary>The calendar that a ticker follows.</summary>
    /// <param name="ticker">The ticker.</param>
    /// <param name="providerHint">What the provider says of the market: a calendar's name or an exchange code; null or unknown for nothing.</param>
    /// <param name="providerZone">The IANA time zone that the provider says the exchange has; null for nothing.</param>
    /// <returns>
    /// A calendar's name. Configuration decides before the provider, and the provider before the ticker's form. Where neither names an
    /// exchange known here, a zone of the provider's gives an assumed calendar, <c>ANY/Asia/Karachi</c>.
    /// </returns>
    public string ForTicker(string ticker, string? providerHint = null, string? providerZone = null)
    {
        ArgumentNullException.ThrowIfNull(ticker);
        foreach (var rule in _configuredTickers)
        {
            if (rule.Matches(ticker))
            {
                return _names[rule.Calendar];
            }
        }

        if (!string.IsNullOrEmpty(providerHint))
        {
            if (_names.TryGetValue(providerHint, out var hinted))
            {
                return hinted;
            }

            if (_builtInTickers.Value.TryExchange(providerHint, out hinted))
            {
                return hinted;
            }

            providerZone ??= AssumedZone(providerHint);
        }

        var formed = _builtInTickers.Value.ForTicker(ticker, out var isGuess);
        return isGuess && providerZone is not null && Get(formed).TimeZone != providerZone && ZoneCatalog.Find(providerZone) is not null
            ? $"{Assumed}/{providerZone}"
            : formed;
    }

    /// <summary>Whether what follows the last dot of a ticker names an exchange.</summary>
    /// <param name="suffix">What follows it.</param>
    public bool IsExchangeSuffix(string suffix) => _builtInTickers.Value.IsSuffix(suffix);

    // The zone of ANY/Asia/Karachi; null for another name or a zone that nobody knows.
    private static string? AssumedZone(string id) =>
        id.StartsWith(Assumed + "/", StringComparison.OrdinalIgnoreCase) && ZoneCatalog.Find(id[(Assumed.Length + 1)..]) is not null
            ? id[(Assumed.Length + 1)..]
            : null;

    private TradingCalendar Assume(string id)
    {
        var zone = AssumedZone(id)!;
        return new TradingCalendar(LoadBuiltIn(Assumed).Definition with { Id = id, Zone = zone }, ZoneCatalog.Find(zone)!);
    }

    // Without changes by configuration a calendar is the same for every catalog of the process.
    private TradingCalendar Load(string id) =>
        _overlays.ContainsKey(id) ? Compile(id) : Shipped.GetOrAdd(id, static (name, catalog) => catalog.Compile(name), this);

    private TradingCalendar Compile(string id)
    {
        var (definition, zoneNode) = LoadDefinition(id, []);
        var zone = ZoneCatalog.Find(definition.Zone) ?? throw UnknownZone(definition, zoneNode);
        return new TradingCalendar(definition, zone);
    }

    private (CalendarDefinition Definition, DataNode? Zone) LoadDefinition(string id, List<string> above)
    {
        (CalendarDefinition Definition, DataNode? Zone)? current = null;
        if (_overlays.TryGetValue(id, out var overlays))
        {
            foreach (var rules in overlays)
            {
                if (above.Contains(id, StringComparer.OrdinalIgnoreCase))
                {
                    throw CalendarError.Refuse(rules, $"it extends itself by way of {string.Join(", ", above)}", "another calendar to extend");
                }

                var basis = rules["extends"] is { } extends ? LoadExtended(id, extends, above)
                    : rules["hours"] is not null && rules["zone"] is not null ? null
                    : current ?? (_files.ContainsKey(id) ? LoadBuiltIn(id) : null);
                current = (CalendarDefinitionParser.Parse(id, rules, basis?.Definition), rules["zone"] ?? basis?.Zone);
            }
        }

        return current ?? LoadBuiltIn(id);
    }

    private (CalendarDefinition Definition, DataNode? Zone) LoadExtended(string id, DataNode extends, List<string> above)
    {
        if (extends.Kind != DataNodeKind.Scalar)
        {
            throw CalendarError.Wrong(extends, "the name of a calendar");
        }

        // A change that says so itself, "XNYS: { extends: XNYS }", extends the built-in calendar.
        return _files.ContainsKey(id) && string.Equals(extends.Text, id, StringComparison.OrdinalIgnoreCase) ? LoadBuiltIn(id)
            : _names.TryGetValue(extends.Text, out var name) ? LoadDefinition(name, [.. above, id])
            : throw Unknown(extends.Text, extends);
    }

    private (CalendarDefinition Definition, DataNode? Zone) LoadBuiltIn(string id)
    {
        var node = DataFileReader.ReadResource(_files[id]);
        return (CalendarDefinitionParser.Parse(_names[id], node, null), node["zone"]);
    }

    private static ConfigurationException UnknownZone(CalendarDefinition definition, DataNode? node)
    {
        var problem = $"the time zone '{definition.Zone}' is neither built in nor known to this machine";
        const string Expected = "an IANA time zone such as Europe/London";
        var nearest = NearestName.Find(definition.Zone, ZoneCatalog.BuiltIn);
        return node is null
            ? new ConfigurationException(definition.Id, 0, 0, null, problem, Expected, nearest)
            : CalendarError.Refuse(node, problem, Expected, nearest);
    }

    private MarketDataException Unknown(string id, DataNode? node)
    {
        var nearest = NearestName.Find(id, _names.Keys);
        return node is not null
            ? CalendarError.Refuse(node, $"there is no trading calendar '{id}'", "one of " + string.Join(", ", Ids), nearest)
            : new MarketDataException(
                "UnknownCalendar",
                $"There is no trading calendar '{id}'. {(nearest is null ? $"Known calendars: {string.Join(", ", Ids)}." : $"Did you mean '{nearest}'?")}")
            {
                Target = id,
            };
    }
}
