namespace MarketCache.Engine.Configuration;

/// <summary>A configuration in force: the options, where each setting came from, and a way to change single settings for this session.</summary>
public sealed class LoadedConfiguration
{
    private const string RuntimeSource = "runtime";

    private readonly ConfigurationBuilder _base;
    private readonly ConfigurationBuilder _builder;
    private readonly IReadOnlyList<(string Key, string Value)> _overrides;

    internal LoadedConfiguration(
        ConfigurationSources sources, ConfigurationBuilder builder, IReadOnlyList<string> files, IReadOnlyList<string> warnings)
        : this(sources, builder, builder, files, warnings, [])
    {
    }

    private LoadedConfiguration(
        ConfigurationSources sources,
        ConfigurationBuilder basis,
        ConfigurationBuilder builder,
        IReadOnlyList<string> files,
        IReadOnlyList<string> warnings,
        IReadOnlyList<(string Key, string Value)> overrides)
    {
        Sources = sources;
        Options = builder.Finish();
        Files = files;
        Warnings = warnings;
        _base = basis;
        _builder = builder;
        _overrides = overrides;
    }

    /// <summary>The options, resolved.</summary>
    public MarketCacheOptions Options { get; }

    /// <summary>Where it was looked for.</summary>
    public ConfigurationSources Sources { get; }

    /// <summary>The files that were read, in the order of their layers.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What is odd but not wrong, such as a variable that sets nothing.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Every fixed key with the value in force, then what was set of the others, in the order of their keys.</summary>
    public IReadOnlyList<MarketCacheSetting> Settings
    {
        get
        {
            var settings = new List<MarketCacheSetting>();
            foreach (var setting in ConfigurationKeys.Fixed)
            {
                var origin = OriginOf(setting.Key.Name);
                settings.Add(new MarketCacheSetting
                {
                    Key = setting.Key.Name,
                    Value = setting.Show(Options),
                    Default = setting.Key.Default,
                    Layer = origin.Layer.ToString(),
                    Source = origin.ToString(),
                    Description = setting.Key.Description,
                });
            }

            foreach (var (name, value, origin) in _builder.Settings.Values.OrderBy(s => s.Key, StringComparer.OrdinalIgnoreCase))
            {
                if (ConfigurationKeys.Find(name) is not { IsPattern: false })
                {
                    settings.Add(new MarketCacheSetting
                    {
                        Key = name,
                        Value = value,
                        Layer = origin.Layer.ToString(),
                        Source = origin.ToString(),
                        Description = ConfigurationKeys.Find(name)?.Description ?? "",
                    });
                }
            }

            return settings;
        }
    }

    /// <summary>Where a key's value comes from; the shipped defaults where nothing sets it.</summary>
    /// <param name="key">The dotted key, without regard to case.</param>
    public ConfigurationOrigin OriginOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _builder.Settings.TryGetValue(key, out var setting) ? setting.Origin : ConfigurationOrigin.Default;
    }

    /// <summary>The configuration with one setting changed for this session, checked as a file's would be.</summary>
    /// <param name="key">The dotted key, e.g. <c>cache.memory.max_size</c>.</param>
    /// <param name="value">The value as configuration spells it; lists and maps as <c>[a, b]</c> and <c>{a: 1}</c>.</param>
    /// <exception cref="ConfigurationException">There is no such key, or the value is wrong; this configuration stays as it is.</exception>
    public LoadedConfiguration With(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        var overrides = new List<(string Key, string Value)>(_overrides);
        overrides.RemoveAll(o => string.Equals(o.Key, key, StringComparison.OrdinalIgnoreCase));
        overrides.Add((key, value));
        return Apply(overrides);
    }

    /// <summary>The configuration with one session setting taken back, so that the lower layers' value holds again.</summary>
    /// <param name="key">The dotted key.</param>
    public LoadedConfiguration Without(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var overrides = new List<(string Key, string Value)>(_overrides);
        return overrides.RemoveAll(o => string.Equals(o.Key, key, StringComparison.OrdinalIgnoreCase)) == 0 ? this : Apply(overrides);
    }

    /// <summary>Whether this configuration differs from another in nothing but keys that may change while a cache is open.</summary>
    /// <param name="other">The other one, of the same files.</param>
    public bool DiffersLive(LoadedConfiguration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var key in _builder.Settings.Keys.Union(other._builder.Settings.Keys, StringComparer.OrdinalIgnoreCase))
        {
            var isSame = _builder.Settings.TryGetValue(key, out var mine) == other._builder.Settings.TryGetValue(key, out var theirs)
                && string.Equals(Text(mine.Value), Text(theirs.Value), StringComparison.Ordinal);
            if (!isSame && ConfigurationKeys.Find(key) is not { IsLive: true })
            {
                return false;
            }
        }

        return true;

        static string? Text(object? value) => value switch
        {
            string text => text,
            System.Collections.IEnumerable list => string.Join('\n', list.Cast<object?>().Select(Text)),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => value?.ToString(),
        };
    }

    private LoadedConfiguration Apply(IReadOnlyList<(string Key, string Value)> overrides)
    {
        var builder = _base.Clone();
        foreach (var (key, value) in overrides)
        {
            builder.Read(ConfigurationTree.Of(key, value, RuntimeSource), ConfigurationLayer.Runtime, RuntimeSource, Sources.WorkingDirectory);
        }

        builder.Check();
        return new LoadedConfiguration(Sources, _base, builder, Files, Warnings, overrides);
    }
}
