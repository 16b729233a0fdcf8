using System.Text;

namespace MarketCache.Engine.Reporting;

/// <summary>Bars and sparklines out of characters.</summary>
/// <param name="style">What the terminal can show.</param>
internal sealed class TerminalBlocks(TerminalStyle style)
{
    private const string Levels = "▁▂▃▄▅▆▇█";
    private const string AsciiLevels = "_.-=+*%#";
    private const string Eighths = "▏▎▍▌▋▊▉";

    /// <summary>The characters of final, provisional and missing sessions.</summary>
    public (char Final, char Provisional, char Gap) Coverage => style.Unicode ? ('█', '▄', '─') : ('#', '+', '-');

    /// <summary>A bar of a share of the width; what is not filled is blank.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <param name="width">The width in columns.</param>
    public string Bar(double share, int width)
    {
        var eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        if (share > 0 && eighths == 0 && width > 0)
        {
            eighths = 1;
        }

        if (!style.Unicode)
        {
            return new string('#', (eighths + 7) / 8).PadRight(width);
        }

        var bar = new string('█', eighths / 8);
        return (eighths % 8 == 0 ? bar : bar + Eighths[(eighths % 8) - 1]).PadRight(width);
    }

    /// <summary>A character for each value between zero and the largest; blank where there is none.</summary>
    /// <param name="values">The values.</param>
    /// <param name="largest">The largest value there can be.</param>
    public string Spark(IEnumerable<double?> values, double largest)
    {
        var levels = style.Unicode ? Levels : AsciiLevels;
        var text = new StringBuilder();
        foreach (var value in values)
        {
            text.Append(value is not { } v ? ' ' : levels[largest <= 0 ? 0 : (int)Math.Clamp(Math.Ceiling(v / largest * levels.Length) - 1, 0, levels.Length - 1)]);
        }

        return text.ToString();
    }

    /// <summary>The text in a colour, where colours are shown.</summary>
    /// <param name="text">The text.</param>
    /// <param name="code">The colour's number in an escape sequence, e.g. 34 for blue.</param>
    public string Paint(string text, int code) =>
        style.Color && text.Length > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\u001b[{code}m{text}\u001b[0m") : text;
}
