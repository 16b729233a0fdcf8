namespace MarketCache;

/// <summary>
/// A configuration file, variable or value is wrong and was refused whole; the configuration in force before stays. The id is
/// <c>InvalidConfiguration</c>.
/// </summary>
public sealed class ConfigurationException : MarketDataException
{
    /// <summary>The id of every such error.</summary>
    public const string Id = "InvalidConfiguration";

    /// <summary>Creates the exception; the message is put together from the parts.</summary>
    /// <param name="source">The file, the environment variable or <c>runtime</c>.</param>
    /// <param name="line">Line from 1; 0 if there is none.</param>
    /// <param name="column">Column from 1; 0 if there is none.</param>
    /// <param name="key">The dotted key, or null for the file as a whole.</param>
    /// <param name="problem">What is wrong, as a clause without a full stop; never a secret.</param>
    /// <param name="expected">What was expected, as a noun phrase; null if the problem says it.</param>
    /// <param name="nearest">The nearest known key or value; null for none.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ConfigurationException(
        string source,
        int line,
        int column,
        string? key,
        string problem,
        string? expected = null,
        string? nearest = null,
        Exception? innerException = null)
        : base(Id, Compose(source, line, column, key, problem, expected, nearest), innerException)
    {
        File = source;
        Line = line;
        Column = column;
        Key = key;
        Problem = problem;
        Expected = expected;
        Nearest = nearest;
        Target = key ?? source;
    }

    /// <summary>The file, the name of the environment variable, or <c>runtime</c>.</summary>
    public string File { get; }

    /// <summary>Line from 1; 0 if there is none (a variable, a runtime value, a file that cannot be read).</summary>
    public int Line { get; }

    /// <summary>Column from 1, in UTF-16 code units; 0 if there is none.</summary>
    public int Column { get; }

    /// <summary>The dotted key, e.g. <c>cache.memory.max_size</c>, or null for the file as a whole.</summary>
    public string? Key { get; }

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>What was expected, or null.</summary>
    public string? Expected { get; }

    /// <summary>The nearest known key or value, or null.</summary>
    public string? Nearest { get; }

    private static string Compose(string source, int line, int column, string? key, string problem, string? expected, string? nearest)
    {
        var text = new System.Text.StringBuilder(source);
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (line > 0)
        {
            text.Append(culture, $" line {line}, column {column}");
        }

        text.Append(": ");
        if (key is not null)
        {
            text.Append(culture, $"'{key}': ");
        }

        text.Append(problem).Append('.');
        if (expected is not null)
        {
            text.Append(culture, $" Expected {expected}.");
        }

        if (nearest is not null)
        {
            text.Append(culture, $" Did you mean '{nearest}'?");
        }

        text.Append(" Nothing was applied; the current configuration stays.");
        return text.ToString();
    }
}
