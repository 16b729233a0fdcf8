using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>Says which calendar the tickers of a pattern follow.</summary>
/// <param name="Pattern">The ticker, <c>*</c> for any characters and <c>?</c> for one; case makes no difference.</param>
/// <param name="Calendar">The calendar's name.</param>
/// <param name="Source">Where it is said, for messages.</param>
internal sealed record TickerRule(string Pattern, string Calendar, DataNode? Source = null)
{
    /// <summary>Whether a ticker follows the rule.</summary>
    public bool Matches(ReadOnlySpan<char> ticker) => Matches(Pattern, ticker);

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> ticker)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '*')
            {
                var rest = pattern[(i + 1)..];
                if (rest.IndexOfAny('*', '?') < 0)
                {
                    return ticker.Length >= rest.Length && ticker.EndsWith(rest, StringComparison.OrdinalIgnoreCase);
                }

                for (; ; ticker = ticker[1..])
                {
                    if (Matches(rest, ticker))
                    {
                        return true;
                    }

                    if (ticker.IsEmpty)
                    {
                        return false;
                    }
                }
            }

            if (ticker.IsEmpty || (pattern[i] != '?' && char.ToUpperInvariant(pattern[i]) != char.ToUpperInvariant(ticker[0])))
            {
                return false;
            }

            ticker = ticker[1..];
        }

        return ticker.IsEmpty;
    }
}
