using System.Globalization;
using System.Runtime.CompilerServices;

namespace MarketCache.Engine.Reporting;

/// <summary>Interpolated text whose literal parts are markup and whose values are escaped.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlMarkup
{
    private readonly HtmlWriter _writer;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Not used.</param>
    /// <param name="formattedCount">Not used.</param>
    /// <param name="writer">Where to write.</param>
    public HtmlMarkup(int literalLength, int formattedCount, HtmlWriter writer)
    {
        _ = (literalLength, formattedCount);
        _writer = writer;
    }

    /// <summary>Called by the compiler for markup.</summary>
    /// <param name="markup">The markup.</param>
    public void AppendLiteral(string markup) => _writer.AddTrusted(markup);

    /// <summary>Called by the compiler for a text.</summary>
    /// <param name="value">The text.</param>
    public void AppendFormatted(string? value) => _writer.AddText(value ?? string.Empty);

    /// <summary>Called by the compiler for a number or date.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">Its format.</param>
    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable => _writer.AddText(value.ToString(format, CultureInfo.InvariantCulture));
}
