using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>
/// The trading calendars, built in and configured, by name; and which of them a ticker follows. A calendar's file is read when it
/// is first asked for. Safe for use by many threads.
/// </summary>
internal sealed class CalendarCatalog
{
    private const string IndexResource = "Calendars/index.yaml";
    private const string TickersResource = "Calendars/tickers.yaml";

    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, DataNode> _overlays = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TradingCalendar> _calendars = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _gate = new();
    private readonly IReadOnlyList<TickerRule> _configuredTickers;
    private readonly Lazy<BuiltInTickers> _builtInTickers;

    /// <summary>Makes the catalog. Reads no more than the list of built-in calendars.</summary>
    /// <param name="overlays">Calendars that configuration adds or changes.</param>
    /// <param name="tickers">Ticker rules of the configuration, the first to match first.</param>
    /// <exception cref="MarketDataException">Two entries have one name, or a ticker rule names an unknown calendar.</exception>
    public CalendarCatalog(IEnumerable<CalendarOverlay>? overlays = null, IEnumerable<TickerRule>? tickers = null)
    {
        foreach (var (id, entry) in DataFileReader.ReadResource(IndexResource)["calendars"]!.Entries)
        {
            _files.Add(id, $"Calendars/{entry["file"]!.Text}.yaml");
            _names.Add(id, id);
            foreach (var alias in entry["aliases"]?.Items ?? [])
            {
                _names.Add(alias.Text, id);
            }
        }

        foreach (var overlay in overlays ?? [])
        {
            // A change to an alias (XNAS) is one to the calendar it stands for, unless it is a calendar of its own.
            var id = overlay.Rules["hours"] is null && overlay.Rules["extends"] is null && _names.TryGetValue(overlay.Id, out var named) ? named : overlay.Id;
            if (!_overlays.TryAdd(id, overlay.Rules))
            {
                throw overlay.Rules.Invalid(CalendarDefinitionParser.ErrorId, $"describes the calendar {id} a second time; put both together");
            }

            _names[id] = id;
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
                return false;
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
    /// <returns>A calendar's name. Configuration decides before the provider, and the provider before the ticker's form.</returns>
    public string ForTicker(string ticker, string? providerHint = null)
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
        }

        return _builtInTickers.Value.ForTicker(ticker);
    }

    private TradingCalendar Load(string id)
    {
        var (definition, zoneNode) = LoadDefinition(id, []);
        var zone = ZoneCatalog.Find(definition.Zone) ?? throw UnknownZone(definition, zoneNode);
        return new TradingCalendar(definition, zone);
    }

    private (CalendarDefinition Definition, DataNode? Zone) LoadDefinition(string id, List<string> above)
    {
        if (!_overlays.TryGetValue(id, out var rules))
        {
            return LoadBuiltIn(id);
        }

        if (above.Contains(id, StringComparer.OrdinalIgnoreCase))
        {
            throw rules.Invalid(CalendarDefinitionParser.ErrorId, $"extends itself by way of {string.Join(", ", above)}; name another calendar");
        }

        (CalendarDefinition Definition, DataNode? Zone)? basis = null;
        if (rules["extends"] is { } extends)
        {
            if (!_names.TryGetValue(extends.Text, out var name))
            {
                throw Unknown(extends.Text, extends);
            }

            basis = string.Equals(name, id, StringComparison.OrdinalIgnoreCase) && _files.ContainsKey(id)
                ? LoadBuiltIn(id)
                : LoadDefinition(name, [.. above, id]);
        }
        else if (rules["hours"] is null && _files.ContainsKey(id))
        {
            basis = LoadBuiltIn(id);
        }

        return (CalendarDefinitionParser.Parse(id, rules, basis?.Definition), rules["zone"] ?? basis?.Zone);
    }

    private (CalendarDefinition Definition, DataNode? Zone) LoadBuiltIn(string id)
    {
        var node = DataFileReader.ReadResource(_files[id]);
        var basis = node["extends"] is { } extends ? LoadBuiltIn(extends.Text).Definition : null;
        return (CalendarDefinitionParser.Parse(_names[id], node, basis), node["zone"]);
    }

    private static MarketDataException UnknownZone(CalendarDefinition definition, DataNode? node)
    {
        var message = $"names the time zone '{definition.Zone}', which is neither built in nor known to this machine; "
            + $"use an IANA id such as Europe/London, or install the machine's time-zone data (built in: {string.Join(", ", ZoneCatalog.BuiltIn)})";
        return node is null
            ? new MarketDataException("UnknownTimeZone", $"The calendar {definition.Id} {message}.") { Target = definition.Zone }
            : node.Invalid("UnknownTimeZone", message);
    }

    private MarketDataException Unknown(string id, DataNode? node)
    {
        var near = NearestNames.Of(id, _names.Keys);
        var advice = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"Known calendars: {string.Join(", ", Ids)}.";
        return new MarketDataException(
            "UnknownCalendar",
            node is null
                ? $"There is no trading calendar '{id}'. {advice}"
                : $"{node.File}:{node.Line}:{node.Column}: '{node.Path}' names the trading calendar '{id}', which there is not. {advice}")
        {
            Target = node?.File ?? id,
        };
    }
}
