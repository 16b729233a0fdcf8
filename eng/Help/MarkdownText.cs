using System.Text.RegularExpressions;

namespace MarketCache.Help;

/// <summary>Turns the little Markdown that the pages use into plain text.</summary>
internal static partial class MarkdownText
{
    /// <summary>Plain paragraphs: wrapped lines are joined, code and lists stay line by line.</summary>
    public static IReadOnlyList<string> Paragraphs(IEnumerable<string> lines)
    {
        var paragraphs = new List<string>();
        var current = new List<string>();
        var inCode = false;
        var keepLines = false;

        void End()
        {
            if (current.Count > 0)
            {
                paragraphs.Add(keepLines ? string.Join("\n", current) : Plain(string.Join(' ', current)));
                current.Clear();
            }

            keepLines = false;
        }

        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                End();
                inCode = !inCode;
                keepLines = inCode;
            }
            else if (inCode)
            {
                current.Add("    " + line);
                keepLines = true;
            }
            else if (string.IsNullOrWhiteSpace(line))
            {
                End();
            }
            else if (line.StartsWith('|') || line.StartsWith("- ", StringComparison.Ordinal))
            {
                if (!keepLines)
                {
                    End();
                    keepLines = true;
                }

                if (!TableRule().IsMatch(line))
                {
                    current.Add(Plain(line));
                }
            }
            else if (keepLines && line.StartsWith("  ", StringComparison.Ordinal) && current.Count > 0)
            {
                current[^1] += " " + Plain(line.Trim());
            }
            else
            {
                current.Add(line.Trim());
            }
        }

        End();
        return paragraphs;
    }

    /// <summary>Removes code marks, emphasis and link targets.</summary>
    public static string Plain(string text)
    {
        var plain = Link().Replace(text, "$1");
        plain = Strong().Replace(plain, "$1");
        return plain.Replace("`", string.Empty, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*")]
    private static partial Regex Strong();

    [GeneratedRegex(@"^\|[\s:|-]+\|$")]
    private static partial Regex TableRule();
}
