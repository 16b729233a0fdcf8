using System.Text;

namespace MarketCache.Engine.Reporting;

/// <summary>
/// Writes HTML that is also well-formed XML. Every value put into a hole of <see cref="Add"/>'s text is escaped, so data can never become
/// markup; what is literal in it is markup.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup with escaped values in its holes; numbers and dates by the invariant culture.</summary>
    /// <param name="markup">The markup.</param>
    public void Add([System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("")] ref HtmlMarkup markup)
    {
        _ = markup;
        _text.Append('\n');
    }

    /// <summary>Adds text that the program itself holds, e.g. the style sheet.</summary>
    /// <param name="markup">The text.</param>
    public void AddTrusted(string markup) => _text.Append(markup);

    /// <summary>Adds a value, escaped.</summary>
    /// <param name="value">The value.</param>
    public void AddText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            switch (character)
            {
                case '&':
                    _text.Append("&amp;");
                    break;
                case '<':
                    _text.Append("&lt;");
                    break;
                case '>':
                    _text.Append("&gt;");
                    break;
                case '"':
                    _text.Append("&quot;");
                    break;
                case '\'':
                    _text.Append("&#39;");
                    break;
                case '\t' or '\n':
                    _text.Append(character);
                    break;
                default:
                    if (char.IsHighSurrogate(character) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                    {
                        _text.Append(character).Append(value[++i]);
                    }
                    else
                    {
                        _text.Append(IsHarmless(character) ? character : '\uFFFD');
                    }

                    break;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Neither a control character, which XML forbids, nor one that turns the direction of the text around it.</summary>
    private static bool IsHarmless(char character) =>
        !char.IsControl(character) && !char.IsSurrogate(character) && character is not ('\uFFFE' or '\uFFFF')
        && character is not (>= '\u202A' and <= '\u202E') && character is not (>= '\u2066' and <= '\u2069');
}
