using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>The built-in rules from tickers and providers' exchange codes to calendars.</summary>
internal sealed class BuiltInTickers
{
    private readonly Dictionary<string, string> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _exchanges = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<TickerRule> _patterns = [];
    private readonly string _other;
    private readonly string _otherSuffixes;

    private BuiltInTickers(DataNode root)
    {
        foreach (var (calendar, patterns) in root["tickers"]!.Entries)
        {
            foreach (var pattern in patterns.Items)
            {
                if (pattern.Text.AsSpan().IndexOfAny('*', '?') >= 0)
                {
                    _patterns.Add(new TickerRule(pattern.Text, calendar, pattern));
                }
                else if (!_exact.TryAdd(pattern.Text, calendar))
                {
                    throw CalendarError.Refuse(pattern, "it has a calendar already");
                }
            }
        }

        foreach (var (calendar, codes) in root["exchanges"]!.Entries)
        {
            foreach (var code in codes.Items)
            {
                if (!_exchanges.TryAdd(code.Text, calendar))
                {
                    throw CalendarError.Refuse(code, "it has a calendar already");
                }
            }
        }

        _other = root["other"]!.Text;
        _otherSuffixes = root["other-suffixes"]!.Text;
    }

    /// <summary>Every calendar that a rule names.</summary>
    public IEnumerable<string> Calendars => [.. _exact.Values, .. _exchanges.Values, .. _patterns.Select(rule => rule.Calendar), _other, _otherSuffixes];

    /// <summary>Reads the rules.</summary>
    /// <param name="resource">The resource they are in.</param>
    public static BuiltInTickers Read(string resource) => new(DataFileReader.ReadResource(resource));

    /// <summary>The calendar of a provider's exchange code.</summary>
    public bool TryExchange(string code, [NotNullWhen(true)] out string? calendar) => _exchanges.TryGetValue(code, out calendar);

    /// <summary>The calendar of a ticker by its form: a whole ticker first, then the first pattern that matches.</summary>
    public string ForTicker(string ticker)
    {
        if (_exact.TryGetValue(ticker, out var calendar))
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
        var dot = ticker.LastIndexOf('.');
        return dot > 0 && ticker.Length - dot > 2 ? _otherSuffixes : _other;
    }
}
