namespace MarketCache.Help;

/// <summary>A heading of a page with what follows it, up to the next heading of the same level.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Lines">The lines below it, code fences included.</param>
internal sealed record Section(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>Cuts lines at the headings of a level; headings inside code fences are text.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="level">The level: 2 for <c>##</c>.</param>
    /// <returns>The lines before the first heading under an empty title, then each section.</returns>
    public static IReadOnlyList<Section> Split(IEnumerable<string> lines, int level)
    {
        var mark = new string('#', level) + " ";
        var sections = new List<Section>();
        var title = string.Empty;
        var body = new List<string>();
        var inCode = false;
        foreach (var line in lines)
        {
            inCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!inCode && line.StartsWith(mark, StringComparison.Ordinal))
            {
                sections.Add(new Section(title, body));
                title = line[mark.Length..].Trim();
                body = [];
            }
            else
            {
                body.Add(line);
            }
        }

        sections.Add(new Section(title, body));
        return sections;
    }

    /// <summary>The text as plain paragraphs: wrapped lines joined, code fences and lists kept line by line, marks removed.</summary>
    public IReadOnlyList<string> Paragraphs => MarkdownText.Paragraphs(Lines);
}
