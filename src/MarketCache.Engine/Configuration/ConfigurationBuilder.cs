using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>Puts layers over each other: each is read whole over what the layers before it said.</summary>
internal sealed class ConfigurationBuilder
{
    private static readonly string[] Sections = ["memory", "disk", "freshness", "log", "ttl_by_data_type", "data_types", "providers", "calendars", "tickers"];

    private readonly PlatformFolders _folders;
    private readonly List<(string DataType, Func<string?, ConfigurationException> Refuse)> _dataTypesNamed;
    private readonly Dictionary<string, (string Key, object? Value, ConfigurationOrigin Origin)> _settings;

    /// <summary>Starts with the shipped defaults.</summary>
    /// <param name="folders">The per-user folders.</param>
    public ConfigurationBuilder(PlatformFolders folders)
    {
        _folders = folders;
        _settings = new(StringComparer.OrdinalIgnoreCase);
        _dataTypesNamed = [];
    }

    private ConfigurationBuilder(ConfigurationBuilder other)
    {
        _folders = other._folders;
        _settings = new(other._settings, StringComparer.OrdinalIgnoreCase);
        _dataTypesNamed = [.. other._dataTypesNamed];
        Options = other.Options;
    }

    /// <summary>What the layers so far say.</summary>
    public MarketCacheOptions Options { get; private set; } = MarketCacheOptions.Default;

    /// <summary>The settings made so far, by key.</summary>
    public IReadOnlyDictionary<string, (string Key, object? Value, ConfigurationOrigin Origin)> Settings => _settings;

    /// <summary>A copy that can be tried without changing this one.</summary>
    public ConfigurationBuilder Clone() => new(this);

    /// <summary>Reads a layer.</summary>
    /// <param name="root">The top of the file, or of a tree of the same shape.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="source">The file, the variable or <c>runtime</c>.</param>
    /// <param name="folder">Where its relative paths start.</param>
    /// <param name="prefix">The keys that lead to the root, with a dot, e.g. <c>environments.dev.</c>; empty for none.</param>
    /// <exception cref="ConfigurationException">Something in it is wrong; this builder may hold part of it and is not to be used further.</exception>
    public void Read(DataNode root, ConfigurationLayer layer, string source, string folder, string prefix = "")
    {
        var reader = new NodeReader(source);
        var layerReader = new LayerReader(this, reader, layer, folder);
        string[] top = prefix.Length == 0 ? ["cache", "environments"] : ["cache"];
        foreach (var (name, value) in reader.Map(root, prefix.TrimEnd('.'), "a map with the key cache").Entries)
        {
            if (reader.Known(name, value, prefix + name, top) == "cache" && !value.IsNull)
            {
                layerReader.ReadCache(value, prefix + "cache");
            }
        }
    }

    /// <summary>The overlays of a file by name, each read once over this builder's copy to see that it is right.</summary>
    /// <param name="root">The top of the file.</param>
    /// <param name="source">The file.</param>
    /// <param name="folder">The file's folder.</param>
    public IReadOnlyDictionary<string, DataNode> ReadOverlays(DataNode root, string source, string folder)
    {
        var overlays = new Dictionary<string, DataNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in root.Entries)
        {
            if (!string.Equals(name, "environments", StringComparison.OrdinalIgnoreCase) || value.IsNull)
            {
                continue;
            }

            foreach (var (overlay, content) in new NodeReader(source).Map(value, "environments", "a map of overlays such as dev and prod").Entries)
            {
                if (!content.IsNull)
                {
                    Clone().Read(content, ConfigurationLayer.Environment, source, folder, $"environments.{overlay}.");
                    overlays[overlay] = content;
                }
            }
        }

        return overlays;
    }

    /// <summary>Checks what needs the whole: the data types that are named, and the calendars.</summary>
    /// <exception cref="ConfigurationException">Something does not fit.</exception>
    public void Check()
    {
        foreach (var (name, refuse) in _dataTypesNamed)
        {
            if (!Options.DataTypes.ContainsKey(name) && !DataTypeCatalog.Default.TryGet(name, out _))
            {
                throw refuse(NearestName.Find(name, DataTypeCatalog.Default.Names.Concat(Options.DataTypes.Keys)));
            }
        }

        if (Options.Calendars.Count > 0 || Options.TickerRules.Count > 0)
        {
            CheckCalendars();
        }
    }

    /// <summary>The options with every path resolved.</summary>
    public MarketCacheOptions Finish() =>
        Options.Disk.CacheDir is null ? Options with { Disk = Options.Disk with { CacheDir = _folders.Cache } } : Options;

    private void CheckCalendars()
    {
        try
        {
            var catalog = new CalendarCatalog(Options.Calendars, Options.TickerRules);
            foreach (var overlay in Options.Calendars)
            {
                _ = catalog.Get(overlay.Id);
            }
        }
        catch (DataNodeException e)
        {
            throw new ConfigurationException(e.Node.File, e.Node.Line, e.Node.Column, e.Node.Path, e.Problem, innerException: e);
        }
        catch (MarketDataException e) when (e is not ConfigurationException)
        {
            throw new ConfigurationException(e.Target ?? "configuration", 0, 0, "cache.calendars", e.Message.TrimEnd('.'), innerException: e);
        }
    }

    private void Set(string key, object? value, ConfigurationOrigin origin)
    {
        // A scalar takes the place of a map's parts and the other way round: one of the two is in force.
        var below = key + ".";
        foreach (var known in _settings.Keys.ToArray())
        {
            if (known.StartsWith(below, StringComparison.OrdinalIgnoreCase))
            {
                _settings.Remove(known);
            }
        }

        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            _settings.Remove(key[..dot]);
        }

        _settings[key] = (key, value, origin);
    }

    /// <summary>One layer's way into the builder.</summary>
    private sealed class LayerReader(ConfigurationBuilder builder, NodeReader reader, ConfigurationLayer layer, string folder)
    {
        /// <summary>How long the prefix before <c>cache</c> is, which keys in messages have and settings do not.</summary>
        private int _prefix;

        private bool IsFile => layer is ConfigurationLayer.ShippedFile or ConfigurationLayer.UserFile or ConfigurationLayer.Environment;

        public void ReadCache(DataNode node, string key)
        {
            _prefix = key.Length - "cache".Length;
            foreach (var (name, value) in reader.Map(node, key).Entries)
            {
                var path = key + "." + name;
                var section = reader.Known(name, value, path, Sections);
                if (value.IsNull)
                {
                    continue;
                }

                switch (section)
                {
                    case "ttl_by_data_type":
                        ReadTtls(value, path);
                        break;
                    case "data_types":
                        ReadDataTypes(value, path);
                        break;
                    case "providers":
                        ReadProviders(value, path);
                        break;
                    case "calendars":
                        ReadCalendars(value, path);
                        break;
                    case "tickers":
                        ReadTickers(value, path);
                        break;
                    default:
                        ReadFixed(value, path, "cache." + section);
                        break;
                }
            }
        }

        private void ReadFixed(DataNode node, string path, string section)
        {
            foreach (var (name, value) in reader.Map(node, path).Entries)
            {
                var key = path + "." + name;
                var known = section + "." + reader.Known(name, value, key, ConfigurationKeys.Below(section));
                if (value.IsNull)
                {
                    continue;
                }

                foreach (var setting in ConfigurationKeys.Fixed)
                {
                    if (setting.Key.Name == known)
                    {
                        var read = setting.Read(reader, value, key);
                        if (setting.Key.Type == "path")
                        {
                            read = ResolvePath((string)read, value, key);
                        }

                        builder.Options = setting.Apply(builder.Options, read);
                        Record(known, read, value);
                    }
                }
            }
        }

        private string ResolvePath(string path, DataNode node, string key)
        {
            try
            {
                return ConfigurationPath.Resolve(path, folder, builder._folders.Home);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
            {
                throw reader.Wrong(node, key, "a path of this platform");
            }
        }

        private void ReadTtls(DataNode node, string path)
        {
            var ttls = new Dictionary<string, TtlOptions>(builder.Options.TtlByDataType, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in reader.Map(node, path, "a map from data type to its TTL").Entries)
            {
                var key = path + "." + name;
                if (!DataTypeReader.IsName(name))
                {
                    throw reader.RefuseKey(value, key, "this cannot name a data type", "a data type such as OHLCV");
                }

                builder._dataTypesNamed.Add((name, nearest => reader.RefuseKey(value, key, "there is no such data type", nearest: nearest)));
                if (!value.IsNull)
                {
                    ttls[name] = DataTypeReader.ReadTtl(reader, value, key, ttls.GetValueOrDefault(name) ?? CatalogTtl(value, name));
                    if (value.Kind == DataNodeKind.Map && builder._settings.TryGetValue(Canonical(key), out var whole))
                    {
                        // The map may change one half of what an earlier layer's single value says.
                        foreach (var part in DataTypeReader.TtlParts)
                        {
                            builder.Set(whole.Key + "." + part, whole.Value, whole.Origin);
                        }
                    }

                    RecordLeaves(key, value);
                }
            }

            builder.Options = builder.Options with { TtlByDataType = ttls };
        }

        /// <summary>What a map with one half leaves in force; a whole TTL does not need to know, nor the catalog to be read.</summary>
        private TtlOptions CatalogTtl(DataNode node, string name)
        {
            var isWhole = node.Kind == DataNodeKind.Scalar || node.Entries.Count > 1;
            return !isWhole && (builder.Options.DataTypes.TryGetValue(name, out var type) || DataTypeCatalog.Default.TryGet(name, out type))
                ? type.Ttl
                : new TtlOptions(TimeSpan.FromHours(1), TimeSpan.FromDays(1));
        }

        private void ReadDataTypes(DataNode node, string path)
        {
            var types = new Dictionary<string, DataTypeDefinition>(builder.Options.DataTypes, StringComparer.OrdinalIgnoreCase);
            foreach (var type in DataTypeReader.ReadAll(
                reader, node, path, name => types.GetValueOrDefault(name) ?? (DataTypeCatalog.Default.TryGet(name, out var shipped) ? shipped : null)))
            {
                types[type.Name] = type;
            }

            builder.Options = builder.Options with { DataTypes = types };
            RecordLeaves(path, node);
        }

        private void ReadProviders(DataNode node, string path)
        {
            var providers = new Dictionary<string, ProviderOptions>(builder.Options.Providers, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in reader.Map(node, path, "a map of providers").Entries)
            {
                var content = value.IsNull ? DataNode.Map(value.File, value.Line, value.Column) : value;
                providers[name] = ProviderReader.Read(
                    reader, name, content, path + "." + name, providers.GetValueOrDefault(name), IsFile ? reader.Source : null);
            }

            builder.Options = builder.Options with { Providers = providers };
            RecordLeaves(path, node);
        }

        private void ReadCalendars(DataNode node, string path)
        {
            var calendars = new List<CalendarOverlay>(builder.Options.Calendars);
            foreach (var (name, value) in reader.Map(node, path, "a map of calendars").Entries)
            {
                var overlay = new CalendarOverlay(name, reader.Map(value, path + "." + name, "a map of the calendar's rules"));
                var at = calendars.FindIndex(known => string.Equals(known.Id, name, StringComparison.OrdinalIgnoreCase));
                if (at < 0)
                {
                    calendars.Add(overlay);
                }
                else
                {
                    // A list cannot say which of its items it replaces, so a later layer's rules take the place of an earlier layer's.
                    calendars[at] = overlay;
                }
            }

            builder.Options = builder.Options with { Calendars = calendars };
            RecordLeaves(path, node);
        }

        private void ReadTickers(DataNode node, string path)
        {
            var rules = new List<TickerRule>();
            foreach (var (ticker, value) in reader.Map(node, path, "a map from ticker to calendar").Entries)
            {
                rules.Add(new TickerRule(ticker, reader.Text(value, path + "." + ticker, "a calendar such as XLON"), value));
                Record(Canonical(path + "." + ticker), value.Text, value);
            }

            // The first rule that matches decides, so a later layer's stand before an earlier layer's.
            foreach (var rule in builder.Options.TickerRules)
            {
                if (!rules.Exists(r => string.Equals(r.Pattern, rule.Pattern, StringComparison.OrdinalIgnoreCase)))
                {
                    rules.Add(rule);
                }
            }

            builder.Options = builder.Options with { TickerRules = rules };
        }

        private void RecordLeaves(string path, DataNode node)
        {
            switch (node.Kind)
            {
                case DataNodeKind.Map:
                    foreach (var (name, value) in node.Entries)
                    {
                        RecordLeaves(path + "." + name, value);
                    }

                    break;

                case DataNodeKind.List:
                    var items = new string[node.Items.Count];
                    for (var i = 0; i < items.Length; i++)
                    {
                        items[i] = node.Items[i].Kind == DataNodeKind.Scalar ? node.Items[i].Text : "{…}";
                    }

                    Record(Canonical(path), items, node);
                    break;

                default:
                    if (!node.IsNull)
                    {
                        Record(Canonical(path), node.Text, node);
                    }

                    break;
            }
        }

        private string Canonical(string path) => path[_prefix..];

        private void Record(string key, object? value, DataNode node) =>
            builder.Set(key, value, new ConfigurationOrigin(layer, reader.Source, IsFile ? node.KeyLine : 0));
    }
}
