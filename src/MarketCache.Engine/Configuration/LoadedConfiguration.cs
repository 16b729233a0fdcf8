using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Yaml;

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

    /// <summary>
    /// Every fixed key with the value in force; then, in the order of their keys, the TTL of every data type, the settings of every provider
    /// whose defaults are known, and what was set of the others.
    /// </summary>
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

            var others = new SortedDictionary<string, MarketCacheSetting>(StringComparer.OrdinalIgnoreCase);
            foreach (var setting in Ttls().Concat(ProviderSettings()))
            {
                others[setting.Key] = setting;
            }

            foreach (var (key, value, origin) in _builder.Settings.Values)
            {
                if (ConfigurationKeys.Find(key) is not { IsPattern: false })
                {
                    others[key] = Setting(key, value, origin) with { Default = others.GetValueOrDefault(key)?.Default };
                }
            }

            return [.. settings, .. others.Values];
        }
    }

    /// <summary>The settings that a key names: itself, or all below it if it is a section.</summary>
    /// <param name="key">The dotted key, without regard to case. One that may be set but is not has no value.</param>
    /// <exception cref="MarketDataException"><c>UnknownSetting</c>: there is no such key; the message names the nearest.</exception>
    public IReadOnlyList<MarketCacheSetting> Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var settings = Settings;
        var found = settings.Where(setting => IsAtOrBelow(setting.Key, key)).ToList();
        if (found.Count > 0)
        {
            return found;
        }

        // What could be set of a data type or provider that exists, or of the user's own tickers and calendars.
        var owner = string.Join('.', key.Split('.').Take(3)) + ".";
        var isOpen = !key.StartsWith("cache.ttl_by_data_type.", StringComparison.OrdinalIgnoreCase) && !key.StartsWith("cache.providers.", StringComparison.OrdinalIgnoreCase);
        if (ConfigurationKeys.Find(key) is { IsPattern: true } && (isOpen || settings.Any(setting => IsAtOrBelow(setting.Key + ".", owner.TrimEnd('.')))))
        {
            return [Setting(key, null, ConfigurationOrigin.Default)];
        }

        var nearest = NearestName.Find(key, settings.Select(setting => setting.Key));
        throw new MarketDataException(
            "UnknownSetting", $"There is no setting '{key}'." + (nearest is null ? " Get-MarketCacheConfig without a key lists all." : $" Did you mean '{nearest}'?"))
        { Target = key };
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
        // A map changes parts of what was set before; any other value takes the place of the whole.
        var isMap = value.TrimStart() is ['{', ..];
        return Apply([.. _overrides.Where(o => isMap ? !Is(o.Key, key) : !IsAtOrBelow(o.Key, key)), (key, value)]);
    }

    /// <summary>
    /// The configuration with one session setting taken back, so that the lower layers' value holds again: with what lies below the key, and with
    /// what was set together with it.
    /// </summary>
    /// <param name="key">The dotted key.</param>
    public LoadedConfiguration Without(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var kept = _overrides.Where(o => !IsAtOrBelow(o.Key, key) && !IsAtOrBelow(key, o.Key)).ToList();
        return kept.Count == _overrides.Count ? this : Apply(kept);
    }

    /// <summary>Another configuration with what was set in this session over it.</summary>
    /// <param name="other">The other one, as it was loaded.</param>
    /// <exception cref="ConfigurationException">A session setting does not fit it, such as a setting of a provider that it does not have.</exception>
    public LoadedConfiguration Onto(LoadedConfiguration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _overrides.Count == 0 ? other : other.Apply(_overrides);
    }

    /// <summary>What sets a key, or keys below it, otherwise than the user's file: it wins over what is written there. Null if nothing does.</summary>
    /// <param name="key">The dotted key.</param>
    public ConfigurationOrigin? OverFile(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (var (name, _, origin) in _builder.Settings.Values)
        {
            if (origin.Layer > ConfigurationLayer.UserFile && (IsAtOrBelow(name, key) || IsAtOrBelow(key, name)))
            {
                return origin;
            }
        }

        return null;
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

    private static bool Is(string key, string other) => string.Equals(key, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsAtOrBelow(string key, string section) => Is(key, section) || key.StartsWith(section + ".", StringComparison.OrdinalIgnoreCase);

    private static MarketCacheSetting Setting(string key, object? value, ConfigurationOrigin origin) => new()
    {
        Key = key,
        Value = value,
        Layer = origin.Layer.ToString(),
        Source = origin.ToString(),
        Description = ConfigurationKeys.Find(key)?.Description ?? "",
    };

    /// <summary>The TTL of every data type, as one value where both halves are alike and nothing sets one alone.</summary>
    private IEnumerable<MarketCacheSetting> Ttls()
    {
        foreach (var type in Options.MakeCatalog().All)
        {
            var key = "cache.ttl_by_data_type." + type.Name;
            var shipped = DataTypeCatalog.Default.TryGet(type.Name, out var known) ? known.Ttl : null;
            var origin = _builder.Settings.Values.FirstOrDefault(s => IsAtOrBelow(s.Key, $"cache.data_types.{type.Name}.ttl")).Origin ?? ConfigurationOrigin.Default;
            if (type.Ttl.MarketHours == type.Ttl.AfterHours && !DataTypeReader.TtlParts.Any(part => _builder.Settings.ContainsKey($"{key}.{part}")))
            {
                yield return Setting(key, DurationText.Format(type.Ttl.MarketHours), origin) with
                {
                    Default = shipped?.MarketHours is { } both && both == shipped.AfterHours ? DurationText.Format(both) : null,
                };
                continue;
            }

            yield return Setting(key + ".market_hours", DurationText.Format(type.Ttl.MarketHours), origin) with
            {
                Default = shipped is null ? null : DurationText.Format(shipped.MarketHours),
            };
            yield return Setting(key + ".after_hours", DurationText.Format(type.Ttl.AfterHours), origin) with
            {
                Default = shipped is null ? null : DurationText.Format(shipped.AfterHours),
            };
        }
    }

    private IEnumerable<MarketCacheSetting> ProviderSettings()
    {
        foreach (var provider in Options.AllProviders())
        {
            var type = BuiltInProviders.All.First(type => type.Name == provider.Type);
            var key = "cache.providers." + provider.Name;
            var shipped = GatewaySettings.Parse(new ProviderOptions { Name = provider.Name, Type = provider.Type }, type.FreeBudget).InForce().ToDictionary();
            foreach (var (name, value) in GatewaySettings.Parse(provider, type.FreeBudget).InForce())
            {
                yield return Setting($"{key}.{name}", value, ConfigurationOrigin.Default) with { Default = shipped.GetValueOrDefault(name) };
            }

            if (type.KeyVariable is { } variable)
            {
                yield return Setting(key + ".key_env", variable, ConfigurationOrigin.Default) with { Default = variable };
            }
        }
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
