using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>The built-in rules from tickers and providers' exchange codes to calendars.</summary>
internal sealed class BuiltInTickers
{
    private readonly Dictionary<string, string> _suffixes;
    private readonly Dictionary<string, string> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _exchanges;
    private readonly List<TickerRule> _patterns = [];
    private readonly string _other;
    private readonly string _otherSuffixes;

    private BuiltInTickers(DataNode root)
    {
        _suffixes = Invert(root["suffixes"]!);
        _exchanges = Invert(root["exchanges"]!);
        foreach (var (calendar, patterns) in root["tickers"]!.Entries)
        {
            foreach (var pattern in patterns.Items)
            {
                if (pattern.Text.AsSpan().IndexOfAny('*', '?') >= 0)
                {
                    _patterns.Add(new TickerRule(pattern.Text, calendar, pattern));
                }
                else
                {
                    Add(_exact, pattern, calendar);
                }
            }
        }

        _other = root["other"]!.Text;
        _otherSuffixes = root["other-suffixes"]!.Text;
    }

    /// <summary>Every calendar that a rule names.</summary>
    public IEnumerable<string> Calendars => [.. _suffixes.Values, .. _exact.Values, .. _exchanges.Values, .. _patterns.Select(rule => rule.Calendar), _other, _otherSuffixes];

    /// <summary>Reads the rules.</summary>
    /// <param name="resource">The resource they are in.</param>
    public static BuiltInTickers Read(string resource) => new(DataFileReader.ReadResource(resource));

    /// <summary>The calendar of a provider's exchange code.</summary>
    public bool TryExchange(string code, [NotNullWhen(true)] out string? calendar) => _exchanges.TryGetValue(code, out calendar);

    /// <summary>Whether tickers of an exchange end so.</summary>
    public bool IsSuffix(string suffix) => _suffixes.ContainsKey(suffix);

    /// <summary>The calendar of a ticker by its form: a whole ticker first, then its suffix, then the first pattern that matches.</summary>
    /// <param name="ticker">The ticker.</param>
    /// <param name="isGuess">Whether nothing in the form names an exchange.</param>
    public string ForTicker(string ticker, out bool isGuess)
    {
        isGuess = false;
        var dot = ticker.LastIndexOf('.');
        if (_exact.TryGetValue(ticker, out var calendar) || (dot > 0 && _suffixes.TryGetValue(ticker[(dot + 1)..], out calendar)))
        {
            return calendar;
        }

        foreach (var rule in _patterns)
        {
            if (rule.Matches(ticker))
            {
                return rule.Calendar;
            }
        }

        // A single letter after the last dot is a share class.
        isGuess = true;
        return dot > 0 && ticker.Length - dot > 2 ? _otherSuffixes : _other;
    }

    private static Dictionary<string, string> Invert(DataNode calendars)
    {
        var inverted = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (calendar, names) in calendars.Entries)
        {
            foreach (var name in names.Items)
            {
                Add(inverted, name, calendar);
            }
        }

        return inverted;
    }

    private static void Add(Dictionary<string, string> all, DataNode name, string calendar)
    {
        if (!all.TryAdd(name.Text, calendar))
        {
            throw CalendarError.Refuse(name, "it has a calendar already");
        }
    }
}
