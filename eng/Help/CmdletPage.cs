namespace MarketCache.Help;

/// <summary>
/// A page of docs/cmdlets: <c># Verb-Noun</c>, a paragraph that sums it up, then <c>## Description</c>, <c>## Examples</c>
/// (each <c>### Title</c> with one code fence and remarks), <c>## Parameters</c> (each <c>### -Name</c>), and optionally
/// <c>## Inputs</c>, <c>## Outputs</c>, <c>## Notes</c> and <c>## See also</c>.
/// </summary>
internal sealed class CmdletPage
{
    private static readonly string[] Known = ["", "Description", "Examples", "Parameters", "Inputs", "Outputs", "Notes", "See also"];

    private readonly Dictionary<string, Section> _sections;

    private CmdletPage(string name, string synopsis, Dictionary<string, Section> sections)
    {
        Name = name;
        Synopsis = synopsis;
        _sections = sections;
        Parameters = Section.Split(Lines("Parameters"), 3).Skip(1)
            .ToDictionary(s => s.Title.TrimStart('-'), s => s.Paragraphs, StringComparer.OrdinalIgnoreCase);
        Examples = [.. Section.Split(Lines("Examples"), 3).Skip(1).Select(Example)];
    }

    /// <summary>The cmdlet.</summary>
    public string Name { get; }

    /// <summary>One paragraph that sums it up.</summary>
    public string Synopsis { get; }

    /// <summary>What is said of each parameter.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; }

    /// <summary>The examples.</summary>
    public IReadOnlyList<CmdletExample> Examples { get; }

    /// <summary>The paragraphs of a section; none where the page has no such section.</summary>
    /// <param name="section">The section's heading.</param>
    public IReadOnlyList<string> Text(string section) => MarkdownText.Paragraphs(Lines(section));

    /// <summary>Reads a page.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="PageException">It lacks what every page has.</exception>
    public static CmdletPage Read(string path)
    {
        var page = Path.GetFileName(path);
        var name = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != "# " + name)
        {
            throw new PageException(page, $"the first line must be '# {name}'.");
        }

        var sections = Section.Split(lines.Skip(1), 2).ToDictionary(s => s.Title, StringComparer.Ordinal);
        if (sections.Keys.FirstOrDefault(title => !Known.Contains(title)) is { } unknown)
        {
            throw new PageException(page, $"'## {unknown}' is not one of the known sections: {string.Join(", ", Known.Skip(1))}.");
        }

        return sections[string.Empty].Paragraphs is [var synopsis, ..]
            ? new CmdletPage(name, synopsis, sections)
            : throw new PageException(page, "a paragraph that sums the cmdlet up must follow the title.");
    }

    private CmdletExample Example(Section section)
    {
        var fences = section.Lines.Index().Where(l => l.Item.StartsWith("```", StringComparison.Ordinal)).Select(l => l.Index).ToList();
        return fences.Count < 2
            ? throw new PageException(Name, $"the example '{section.Title}' needs a code fence.")
            : new CmdletExample(
                section.Title,
                string.Join("\n", section.Lines.Skip(fences[0] + 1).Take(fences[1] - fences[0] - 1)),
                MarkdownText.Paragraphs(section.Lines.Skip(fences[1] + 1)));
    }

    private IReadOnlyList<string> Lines(string section) => _sections.TryGetValue(section, out var found) ? found.Lines : [];
}
