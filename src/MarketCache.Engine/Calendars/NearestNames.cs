namespace MarketCache.Engine.Calendars;

/// <summary>Finds the names that a misspelt one may mean.</summary>
internal static class NearestNames
{
    /// <summary>Up to three names at most two edits away, nearest first.</summary>
    /// <param name="name">The misspelt name.</param>
    /// <param name="known">The names there are.</param>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known) =>
        [.. known
            .Select(candidate => (Name: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Min(2, Math.Max(1, name.Length / 2)))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(3)
            .Select(candidate => candidate.Name)];

    // Levenshtein's distance over two rows.
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
