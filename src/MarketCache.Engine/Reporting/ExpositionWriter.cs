using System.Globalization;
using System.Text;

namespace MarketCache.Engine.Reporting;

/// <summary>Writes the lines of a Prometheus text exposition (format version 0.0.4).</summary>
internal sealed class ExpositionWriter
{
    private readonly StringBuilder _text = new();
    private string _family = string.Empty;

    /// <summary>Begins a family of samples.</summary>
    /// <param name="name">Its name; that of a counter ends with <c>_total</c>.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">What it means.</param>
    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    /// <summary>Writes a sample of the family begun last.</summary>
    /// <param name="value">The value.</param>
    /// <param name="labels">Names and values of its labels.</param>
    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample(string.Empty, value, labels);

    /// <summary>Writes a sample whose name has a suffix.</summary>
    /// <param name="suffix">E.g. <c>_bucket</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="labels">Names and values of its labels.</param>
    public void Sample(string suffix, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(_family).Append(suffix);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(Number(value)).Append('\n');
    }

    /// <summary>A number as the format has it.</summary>
    /// <param name="value">The number.</param>
    public static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
