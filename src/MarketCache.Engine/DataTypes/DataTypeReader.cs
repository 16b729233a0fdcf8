using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.DataTypes;

/// <summary>Reads data types: entries of the catalog, and what configuration says over them.</summary>
internal static class DataTypeReader
{
    /// <summary>The keys of an entry: name, what it holds, what it means.</summary>
    internal static readonly (string Name, string Type, string Description)[] Settings =
    [
        ("description", "text", "A description in one sentence."),
        ("shape", "text", "series (one row per period), events (rows on some days) or snapshot."),
        ("needs_ticker", "true or false", "Whether a request names a ticker."),
        ("unit", "text", "Unit of the values."),
        ("frequency", "text", "The frequency at which it is published."),
        ("columns", "list", "The columns in order, Date first."),
        ("value_column", "text", "The column that computed data types read."),
        ("providers", "list", "The provider chain, first choice first."),
        ("ttl", "duration", "How long provisional rows are served, or a map of market_hours and after_hours."),
        ("settle", "duration", "How long a row may be corrected after the close and the lag."),
        ("revision_window", "duration", "How long a row may be revised after its period; 0 for never. Five years for what FRED publishes weekly or less often."),
        ("absent_sessions", "whole number", "How old a session without a row must be to stay absent, for types published later than they are dated."),
        ("published_after", "duration", "How long after its period a row counts as published, for types that are computed from it."),
        ("convention", "text", "How a rate is quoted: effective, bond_equivalent (compounded twice a year) or act_360 (simple interest)."),
        ("calendar", "text", "The calendar of a data type without a ticker."),
        ("computed", "map", "The formula, inputs and parameters of a computed type."),
        ("sources", "map", "For each provider, the id of the series, or id and divisor."),
    ];

    private static readonly string[] Keys = MakeKeys();

    private static readonly string[] ComputedKeys = ["formula", "expression", "inputs", "parameters"];

    private static readonly string[] ParameterKeys = ["default", "allowed"];

    private static readonly TtlOptions StandardTtl = new(TimeSpan.FromHours(1), TimeSpan.FromDays(1));

    private static readonly TimeSpan UsualRevisions = TimeSpan.FromDays(5 * 365);

    private static readonly string[] SourceKeys = ["id", "divisor"];

    /// <summary>Reads a map of data types by name.</summary>
    /// <param name="reader">Names the file.</param>
    /// <param name="node">The map.</param>
    /// <param name="key">Its key.</param>
    /// <param name="known">The entry that stands under a name so far; null for a new data type.</param>
    /// <returns>The entries, in the order of the file, with what the file says over what was known.</returns>
    public static List<DataTypeDefinition> ReadAll(
        NodeReader reader, DataNode node, string key, Func<string, DataTypeDefinition?> known)
    {
        var types = new List<DataTypeDefinition>();
        foreach (var (name, value) in reader.Map(node, key, "a map of data types").Entries)
        {
            types.Add(Read(reader, name, value, key + "." + name, known(name)));
        }

        return types;
    }

    /// <summary>Whether the text can name a data type: letters, digits and underscores, a letter first, 64 at most.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > 64 || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What a TTL consists of.</summary>
    public static IReadOnlyList<string> TtlParts { get; } = ["market_hours", "after_hours"];

    /// <summary>One duration for both market states, or a map of one or two.</summary>
    /// <param name="reader">Names the file.</param>
    /// <param name="node">The node.</param>
    /// <param name="key">Its key.</param>
    /// <param name="known">What holds where the map leaves one out.</param>
    public static TtlOptions ReadTtl(NodeReader reader, DataNode node, string key, TtlOptions known)
    {
        const string expected = "a duration in seconds or with a unit (300, 5m), or market_hours and after_hours";
        if (node.Kind == DataNodeKind.Scalar)
        {
            var ttl = DurationText.TryParse(node.Text, out var value) ? value : throw reader.Wrong(node, key, expected);
            return new TtlOptions(ttl, ttl);
        }

        foreach (var (name, value) in reader.Map(node, key, expected).Entries)
        {
            var path = key + "." + name;
            known = reader.Known(name, value, path, TtlParts) == "market_hours"
                ? known with { MarketHours = reader.Duration(value, path) }
                : known with { AfterHours = reader.Duration(value, path) };
        }

        return known;
    }

    private static DataTypeDefinition Read(NodeReader reader, string name, DataNode node, string key, DataTypeDefinition? known)
    {
        if (!IsName(name))
        {
            throw reader.RefuseKey(node, key, "this cannot name a data type", "letters, digits and underscores, a letter first, such as UNEMPLOYMENT");
        }

        var saysWindow = known is not null;
        var type = known ?? new DataTypeDefinition { Name = name.ToUpperInvariant(), Description = "", Ttl = StandardTtl };
        foreach (var (part, value) in reader.Map(node, key, "a map of settings of this data type").Entries)
        {
            var path = key + "." + part;
            saysWindow |= string.Equals(part, "revision_window", StringComparison.OrdinalIgnoreCase);
            type = reader.Known(part, value, path, Keys) switch
            {
                "description" => type with { Description = reader.Text(value, path) },
                "shape" => type with { Shape = ReadShape(reader, value, path) },
                "needs_ticker" => type with { NeedsTicker = reader.Boolean(value, path) },
                "unit" => type with { Unit = reader.Text(value, path) },
                "frequency" => type with { NativeFrequency = ReadFrequency(reader, value, path) },
                "columns" => type with { Columns = reader.Texts(value, path) },
                "value_column" => type with { ValueColumn = reader.Text(value, path) },
                "providers" => type with { Providers = reader.Texts(value, path, "a list of providers, first choice first") },
                "ttl" => type with { Ttl = ReadTtl(reader, value, path, type.Ttl) },
                "settle" => type with { Settle = reader.Duration(value, path) },
                "revision_window" => type with { RevisionWindow = reader.Duration(value, path) is { Ticks: > 0 } window ? window : null },
                "absent_sessions" => type with { AbsentSessions = reader.Integer(value, path, 1, 1000) },
                "published_after" => type with { PublishedAfter = reader.Duration(value, path) },
                "convention" => type with { Convention = ReadConvention(reader, value, path) },
                "calendar" => type with { Calendar = reader.Text(value, path) },
                "computed" => type with { Computed = ReadComputed(reader, value, path) },
                _ => type with { Sources = ReadSources(reader, value, path, type.Sources) },
            };
        }

        if (!saysWindow && type.Sources.ContainsKey("Fred") && Frequency.TryParse(type.NativeFrequency, out var native) && native.Rank > Frequency.Daily.Rank)
        {
            // Statistics are revised for years after they are first published; only market data is not.
            type = type with { RevisionWindow = UsualRevisions };
        }

        if (type.Providers.Count == 0 && type.Computed is null)
        {
            if (type.Sources.Count == 0)
            {
                throw reader.RefuseKey(node, key, "this data type has no source", "providers, sources or computed");
            }

            type = type with { Providers = new List<string>(type.Sources.Keys) };
        }

        return type;
    }

    private static DataShape ReadShape(NodeReader reader, DataNode node, string key) =>
        reader.Choice(node, key, ["series", "events", "snapshot"]) switch
        {
            "events" => DataShape.Events,
            "snapshot" => DataShape.Snapshot,
            _ => DataShape.Series,
        };

    private static RateConvention ReadConvention(NodeReader reader, DataNode node, string key) =>
        reader.Choice(node, key, ["effective", "bond_equivalent", "act_360"]) switch
        {
            "bond_equivalent" => RateConvention.BondEquivalent,
            "act_360" => RateConvention.Act360,
            _ => RateConvention.Effective,
        };

    private static string ReadFrequency(NodeReader reader, DataNode node, string key)
    {
        var text = reader.Text(node, key, "a frequency");
        return Frequency.TryParse(text, out var frequency)
            ? frequency.Name
            : throw reader.Wrong(
                node, key, "one of " + string.Join(", ", Frequency.All.Select(f => f.Name)), NearestName.Find(text, Frequency.All.Select(f => f.Name)));
    }

    private static ComputedDefinition ReadComputed(NodeReader reader, DataNode node, string key)
    {
        string? formula = null;
        var expression = "";
        IReadOnlyList<string> inputs = [];
        var parameters = new List<ComputedParameter>();
        foreach (var (part, value) in reader.Map(node, key).Entries)
        {
            var path = key + "." + part;
            switch (reader.Known(part, value, path, ComputedKeys))
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
                    foreach (var (name, parameter) in reader.Map(value, path).Entries)
                    {
                        parameters.Add(ReadParameter(reader, name.ToLowerInvariant(), parameter, path + "." + name));
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

    private static ComputedParameter ReadParameter(NodeReader reader, string name, DataNode node, string key)
    {
        string? standard = null;
        IReadOnlyList<string> allowed = [];
        foreach (var (part, value) in reader.Map(node, key).Entries)
        {
            var path = key + "." + part;
            if (reader.Known(part, value, path, ParameterKeys) == "default")
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

    private static IReadOnlyDictionary<string, DataTypeSource> ReadSources(
        NodeReader reader, DataNode node, string key, IReadOnlyDictionary<string, DataTypeSource> known)
    {
        var sources = new Dictionary<string, DataTypeSource>(known, StringComparer.OrdinalIgnoreCase);
        foreach (var (provider, value) in reader.Map(node, key, "a map from provider to the series' id there").Entries)
        {
            var path = key + "." + provider;
            sources[provider] = value.Kind == DataNodeKind.Scalar
                ? new DataTypeSource(reader.Text(value, path, "the series' id at this provider"))
                : ReadSource(reader, value, path);
        }

        return sources;
    }

    private static DataTypeSource ReadSource(NodeReader reader, DataNode node, string key)
    {
        string? id = null;
        var divisor = 1.0;
        foreach (var (part, value) in reader.Map(node, key, "the series' id at this provider, or id and divisor").Entries)
        {
            var path = key + "." + part;
            if (reader.Known(part, value, path, SourceKeys) == "id")
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

    private static string[] MakeKeys()
    {
        var keys = new string[Settings.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = Settings[i].Name;
        }

        return keys;
    }
}
