namespace MarketCache;

/// <summary>Finds the known name closest to a mistyped one.</summary>
internal static class NearestName
{
    private const int LongestCompared = 64;

    /// <summary>The known name with the fewest edits, or null if all are too far away to be meant.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="known">The known names.</param>
    public static string? Find(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > LongestCompared)
        {
            return null;
        }

        var typed = name.ToUpperInvariant();
        string? best = null;
        var fewest = int.MaxValue;
        foreach (var candidate in known)
        {
            var target = candidate.ToUpperInvariant();
            var edits = Edits(typed, target);

            // A start of the name is a better guess than its edits say: "dis" for "disk", "OHLC" for "OHLCV".
            if (typed.Length >= 3 && target.StartsWith(typed, StringComparison.Ordinal))
            {
                edits = Math.Min(edits, 2);
            }

            if (edits < fewest && edits <= Math.Max(1, Math.Max(typed.Length, target.Length) * 2 / 5))
            {
                fewest = edits;
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>Insertions, removals, replacements and swaps of neighbours between two words (optimal string alignment).</summary>
    private static int Edits(string a, string b)
    {
        if (b.Length > LongestCompared)
        {
            return int.MaxValue;
        }

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits = Math.Min(edits, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = edits;
            }
        }

        return rows[a.Length, b.Length];
    }
}
