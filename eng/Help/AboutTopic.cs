using System.Text;

namespace MarketCache.Help;

/// <summary>Turns a page of docs/about into the text that <c>Get-Help about_…</c> shows.</summary>
internal static class AboutTopic
{
    private const int Width = 78;
    private const string Indent = "    ";

    /// <summary>The topic's text.</summary>
    /// <param name="path">The page, named after its topic.</param>
    /// <exception cref="PageException">It does not begin with its title and a paragraph that sums it up.</exception>
    public static string Write(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != "# " + name)
        {
            throw new PageException(Path.GetFileName(path), $"the first line must be '# {name}'.");
        }

        var text = new StringBuilder();
        text.Append("TOPIC\n").Append(Indent).Append(name).Append("\n\n");
        foreach (var section in Section.Split(lines.Skip(1), 2))
        {
            text.Append(section.Title.Length == 0 ? "SHORT DESCRIPTION" : section.Title.ToUpperInvariant()).Append('\n');
            foreach (var paragraph in section.Paragraphs)
            {
                Append(text, paragraph);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string paragraph)
    {
        foreach (var line in paragraph.Split('\n'))
        {
            if (line.StartsWith(Indent, StringComparison.Ordinal) || line.StartsWith('|'))
            {
                text.Append(Indent).Append(line).Append('\n');
                continue;
            }

            var column = 0;
            foreach (var word in line.Split(' '))
            {
                if (column > 0 && column + 1 + word.Length > Width - Indent.Length)
                {
                    text.Append('\n');
                    column = 0;
                }

                text.Append(column == 0 ? Indent : " ").Append(word);
                column += word.Length + (column == 0 ? 0 : 1);
            }

            text.Append('\n');
        }

        text.Append('\n');
    }
}
