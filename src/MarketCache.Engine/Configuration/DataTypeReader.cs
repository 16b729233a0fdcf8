namespace MarketCache.Engine.Configuration;

/// <summary>Reads data types: entries of the catalog, and what configuration says over them.</summary>
internal static class DataTypeReader
{
    private static readonly string[] Keys =
    [
        "description", "shape", "needs_ticker", "unit", "frequency", "columns", "value_column", "providers", "ttl", "settle",
        "revision_window", "calendar", "computed", "sources",
    ];

    private static readonly string[] ComputedKeys = ["formula", "expression", "inputs", "parameters"];

    private static readonly string[] ParameterKeys = ["default", "allowed"];

    private static readonly string[] SourceKeys = ["id", "divisor"];

    /// <summary>Reads a map of data types by name.</summary>
    public static IReadOnlyDictionary<string, DataTypeOverride> ReadAll(ConfigurationReader reader, ConfigurationNode node, string key)
    {
        var types = new Dictionary<string, DataTypeOverride>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in reader.Map(node, key, "a map of data types").Pairs)
        {
            types[name.Text] = Read(reader, name, value, key + "." + name.Text);
        }

        return types;
    }

    /// <summary>Whether the text can name a data type: letters, digits and underscores, a letter first, 64 at most.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64
        && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static DataTypeOverride Read(ConfigurationReader reader, ConfigurationNode name, ConfigurationNode node, string key)
    {
        if (!IsName(name.Text))
        {
            throw reader.Refuse(name, key, "this cannot name a data type", "letters, digits and underscores, a letter first, such as UNEMPLOYMENT");
        }

        var type = new DataTypeOverride { Name = name.Text.ToUpperInvariant() };
        foreach (var (part, value) in reader.Map(node, key, "a map of what is special about this data type").Pairs)
        {
            var path = key + "." + part.Text;
            type = reader.Known(part, path, Keys) switch
            {
                "description" => type with { Description = reader.Text(value, path) },
                "shape" => type with { Shape = Enum.Parse<DataShape>(reader.Choice(value, path, ["series", "events", "snapshot"]), ignoreCase: true) },
                "needs_ticker" => type with { NeedsTicker = reader.Boolean(value, path) },
                "unit" => type with { Unit = reader.Text(value, path) },
                "frequency" => type with { NativeFrequency = ReadFrequency(reader, value, path) },
                "columns" => type with { Columns = reader.Texts(value, path) },
                "value_column" => type with { ValueColumn = reader.Text(value, path) },
                "providers" => type with { Providers = reader.Texts(value, path, "a list of providers, first choice first") },
                "ttl" => type with { Ttl = reader.Ttl(value, path) },
                "settle" => type with { Settle = reader.Duration(value, path) },
                "revision_window" => type with { RevisionWindow = reader.Duration(value, path) },
                "calendar" => type with { Calendar = reader.Text(value, path) },
                "computed" => type with { Computed = ReadComputed(reader, value, path) },
                _ => type with { Sources = ReadSources(reader, value, path) },
            };
        }

        return type;
    }

    private static string ReadFrequency(ConfigurationReader reader, ConfigurationNode node, string key)
    {
        var text = reader.Text(node, key, "a frequency");
        return Frequency.TryParse(text, out var frequency)
            ? frequency.Name
            : throw reader.Wrong(
                node, key, "one of " + string.Join(", ", Frequency.All.Select(f => f.Name)), NearestName.Find(text, Frequency.All.Select(f => f.Name)));
    }

    private static ComputedDefinition ReadComputed(ConfigurationReader reader, ConfigurationNode node, string key)
    {
        string? formula = null;
        var expression = "";
        IReadOnlyList<string> inputs = [];
        var parameters = new List<ComputedParameter>();
        foreach (var (part, value) in reader.Map(node, key).Pairs)
        {
            var path = key + "." + part.Text;
            switch (reader.Known(part, path, ComputedKeys))
            {
                case "formula":
                    formula = reader.Text(value, path);
                    break;
                case "expression":
                    expression = reader.Text(value, path);
                    break;
                case "inputs":
                    inputs = reader.Texts(value, path, "a list of data types");
                    break;
                default:
                    foreach (var (name, parameter) in reader.Map(value, path).Pairs)
                    {
                        parameters.Add(ReadParameter(reader, name.Text.ToLowerInvariant(), parameter, path + "." + name.Text));
                    }

                    break;
            }
        }

        if (formula is null || inputs.Count == 0)
        {
            throw reader.Refuse(node, key, "formula or inputs are missing", "both formula and inputs");
        }

        return new ComputedDefinition { Formula = formula, Expression = expression, Inputs = inputs, Parameters = parameters };
    }

    private static ComputedParameter ReadParameter(ConfigurationReader reader, string name, ConfigurationNode node, string key)
    {
        string? standard = null;
        IReadOnlyList<string> allowed = [];
        foreach (var (part, value) in reader.Map(node, key).Pairs)
        {
            var path = key + "." + part.Text;
            if (reader.Known(part, path, ParameterKeys) == "default")
            {
                standard = reader.Text(value, path);
            }
            else
            {
                allowed = reader.Texts(value, path, "a list of values");
            }
        }

        return standard is not null && allowed.Contains(standard, StringComparer.Ordinal)
            ? new ComputedParameter(name, standard, allowed)
            : throw reader.Refuse(node, key, "the default is not among the allowed values", "both default and allowed");
    }

    private static IReadOnlyDictionary<string, DataTypeSource> ReadSources(ConfigurationReader reader, ConfigurationNode node, string key)
    {
        var sources = new Dictionary<string, DataTypeSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var (provider, value) in reader.Map(node, key, "a map from provider to the series' id there").Pairs)
        {
            var path = key + "." + provider.Text;
            sources[provider.Text] = value.Kind == ConfigurationNodeKind.Scalar
                ? new DataTypeSource(reader.Text(value, path, "the series' id at this provider"))
                : ReadSource(reader, value, path);
        }

        return sources;
    }

    private static DataTypeSource ReadSource(ConfigurationReader reader, ConfigurationNode node, string key)
    {
        string? id = null;
        var divisor = 1.0;
        foreach (var (part, value) in reader.Map(node, key, "the series' id at this provider, or id and divisor").Pairs)
        {
            var path = key + "." + part.Text;
            if (reader.Known(part, path, SourceKeys) == "id")
            {
                id = reader.Text(value, path);
            }
            else
            {
                divisor = reader.Number(value, path, 1e-9, 1e9);
            }
        }

        return new DataTypeSource(id ?? throw reader.Refuse(node, key, "the id is missing", "id and, where needed, divisor"), divisor);
    }
}
