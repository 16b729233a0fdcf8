namespace MarketCache.PowerShell.Commands;

/// <summary>Warnings of many series, summed by their cause: 500 series with one cause are one line.</summary>
internal sealed class CauseList
{
    private const int MostNamed = 5;

    private readonly Dictionary<string, HashSet<string>> _subjects = new(StringComparer.Ordinal);
    private readonly List<string> _causes = [];

    /// <summary>Adds a warning.</summary>
    /// <param name="subject">Whom it is about.</param>
    /// <param name="cause">What is to be said.</param>
    internal void Add(string subject, string cause)
    {
        if (!_subjects.TryGetValue(cause, out var subjects))
        {
            _subjects.Add(cause, subjects = new HashSet<string>(StringComparer.OrdinalIgnoreCase));
            _causes.Add(cause);
        }

        subjects.Add(subject);
    }

    /// <summary>Takes one line for each cause, in the order of their first appearance.</summary>
    internal IReadOnlyList<string> Take()
    {
        var lines = _causes.ConvertAll(cause =>
        {
            var subjects = _subjects[cause];
            var named = string.Join(", ", subjects.Take(MostNamed));
            return subjects.Count == 1 ? $"{named}: {cause}"
                : $"{QuantityText.Count(subjects.Count)} series ({named}{(subjects.Count > MostNamed ? ", …" : string.Empty)}): {cause}";
        });
        _causes.Clear();
        _subjects.Clear();
        return lines;
    }
}
