using System.Diagnostics.CodeAnalysis;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.DataTypes;

/// <summary>The data types there are, by name without regard to case.</summary>
public sealed class DataTypeCatalog
{
    private static readonly Lazy<DataTypeCatalog> Shipped = new(ReadShipped);

    /// <summary>What people call a data type that they do not know by name, for suggestions.</summary>
    private static readonly Dictionary<string, string[]> OtherNames = new(StringComparer.Ordinal)
    {
        ["OHLCV"] = ["price", "prices", "bar", "bars", "candles", "quote", "quotes", "history", "eod", "stock", "open", "high", "low", "close"],
        ["ADJUSTED_CLOSE"] = ["adjusted", "adj", "adjclose", "adj close", "adj_close"],
        ["DIVIDEND"] = ["div", "divs"],
        ["SIMPLE_RETURN"] = ["return", "returns"],
        ["INFLATION_RATE"] = ["inflation"],
        ["CPI_INDEX"] = ["cpi"],
        ["TREASURY_10Y"] = ["treasury", "treasuries", "yield", "yields", "bond", "bonds"],
    };

    private readonly Dictionary<string, DataTypeDefinition> _types;

    private DataTypeCatalog(List<DataTypeDefinition> types)
    {
        // Loops, not queries: this runs before the first answer of a process, and every method there costs its compilation.
        _types = new(types.Count, StringComparer.OrdinalIgnoreCase);
        var names = new string[types.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = types[i].Name;
            _types.Add(names[i], types[i]);
        }

        All = types;
        Names = names;
    }

    /// <summary>The data types MarketCache ships, from <c>DataTypes.yaml</c>.</summary>
    public static DataTypeCatalog Default => Shipped.Value;

    /// <summary>Every data type, in the catalog's order.</summary>
    public IReadOnlyList<DataTypeDefinition> All { get; }

    /// <summary>The names, in the catalog's spelling and order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The data type of that name.</summary>
    /// <param name="name">The name; case makes no difference.</param>
    /// <exception cref="MarketDataException"><c>UnknownDataType</c>: there is none; the message names the nearest.</exception>
    public DataTypeDefinition Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TryGet(name, out var type))
        {
            return type;
        }

        var nearest = OtherNames.FirstOrDefault(other => _types.ContainsKey(other.Key) && other.Value.Contains(name, StringComparer.OrdinalIgnoreCase)).Key ?? NearestName.Find(name, Names);
        throw new MarketDataException(
            "UnknownDataType",
            $"There is no data type '{name}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} Known: {string.Join(", ", Names)}.")
        {
            Target = name,
        };
    }

    /// <summary>The data type of that name, if there is one.</summary>
    /// <param name="name">The name; case makes no difference.</param>
    /// <param name="type">The data type, when found.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out DataTypeDefinition? type) => _types.TryGetValue(name, out type);

    /// <summary>This catalog with what configuration says over it.</summary>
    /// <param name="definitions">Changed or new data types.</param>
    /// <param name="ttls">TTLs by data type.</param>
    /// <param name="chains">Provider chains by data type.</param>
    internal DataTypeCatalog With(
        IReadOnlyCollection<DataTypeDefinition> definitions,
        IReadOnlyDictionary<string, TtlOptions> ttls,
        IReadOnlyDictionary<string, IReadOnlyList<string>> chains)
    {
        if (definitions.Count == 0 && ttls.Count == 0 && chains.Count == 0)
        {
            return this;
        }

        var types = All.ToList();
        foreach (var type in definitions)
        {
            var at = types.FindIndex(t => string.Equals(t.Name, type.Name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
            {
                types.Add(type);
            }
            else
            {
                types[at] = type;
            }
        }

        for (var i = 0; i < types.Count; i++)
        {
            if (ttls.TryGetValue(types[i].Name, out var ttl))
            {
                types[i] = types[i] with { Ttl = ttl };
            }

            if (chains.TryGetValue(types[i].Name, out var providers))
            {
                types[i] = types[i] with { Providers = providers };
            }
        }

        return new DataTypeCatalog(types);
    }

    /// <summary>Reads a catalog from YAML.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">The file's name, for messages.</param>
    internal static DataTypeCatalog Parse(string yaml, string source)
    {
        var reader = new NodeReader(source);
        var root = DataFileReader.Read(yaml, source)["data_types"]
            ?? throw new ConfigurationException(source, 1, 1, "data_types", "the key is missing");
        return new DataTypeCatalog(DataTypeReader.ReadAll(reader, root, "data_types", static _ => null));
    }

    private static DataTypeCatalog ReadShipped()
    {
        const string name = "DataTypes/DataTypes.yaml";
        using var stream = typeof(DataTypeCatalog).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the engine.");
        using var text = new StreamReader(stream);
        return Parse(text.ReadToEnd(), name);
    }
}
