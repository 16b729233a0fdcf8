using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Gateway;

/// <summary>
/// The providers by name, without regard to case: those of the configuration, each made when first used, and those registered
/// at run time. Safe for use from many threads.
/// </summary>
internal sealed class ProviderRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ProviderEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentBag<ProviderEntry> _retired = [];
    private readonly ProviderFactory? _factory;

    /// <summary>An empty registry, to which only providers that exist can be added.</summary>
    public ProviderRegistry()
    {
    }

    /// <summary>A registry of configured providers.</summary>
    /// <param name="configured">Their configuration.</param>
    /// <param name="factory">Makes each when it is first used.</param>
    public ProviderRegistry(IEnumerable<ProviderOptions> configured, ProviderFactory factory)
    {
        _factory = factory;
        foreach (var options in configured)
        {
            _entries[options.Name] = EntryOf(options, null);
        }
    }

    /// <summary>The names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Values.Select(entry => entry.Options.Name).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The types of providers that it can make, in alphabetical order.</summary>
    public IReadOnlyList<ProviderDescriptor> Types => _factory?.Types ?? [];

    /// <summary>Adds a provider; one of the same name is replaced.</summary>
    /// <param name="provider">The provider. Its owner disposes of it.</param>
    /// <param name="settings">Gateway settings as in configuration (<c>budget</c>, <c>timeout_seconds</c>…); null for the defaults.</param>
    /// <exception cref="MarketDataException">A setting is wrong; nothing is registered.</exception>
    public void Register(IMarketDataProvider provider, IReadOnlyDictionary<string, object>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentException.ThrowIfNullOrWhiteSpace(provider.Name);
        var options = new ProviderOptions { Name = provider.Name, Type = TypeNameOf(provider), Settings = settings ?? new Dictionary<string, object>(0) };
        RegisteredSettings.Check(options, []);
        var entry = new ProviderEntry(provider, options);
        _ = entry.Settings;
        Replace(options.Name, entry);
    }

    /// <summary>Configures a provider of a type that the factory knows; one of the same name keeps the settings that are not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type; null for the one it has, or else its name.</param>
    /// <param name="settings">Settings as in configuration; null for none besides those it has.</param>
    /// <exception cref="MarketDataException">There is no such type, or a setting is wrong; nothing is changed.</exception>
    public void Configure(string name, string? type, IReadOnlyDictionary<string, object>? settings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var factory = _factory ?? throw new InvalidOperationException("This registry makes no providers.");
        var known = TryGetEntry(name, out var present) && present.IsOwned && (type is null || string.Equals(present.Options.Type, type, StringComparison.OrdinalIgnoreCase))
            ? present.Options
            : null;
        if (known is not null && settings is null)
        {
            // What is under way, counted or cooling down stays so.
            return;
        }

        var wanted = type ?? known?.Type ?? name;
        var merged = new Dictionary<string, object>(known?.Settings ?? new Dictionary<string, object>(0), StringComparer.OrdinalIgnoreCase);
        foreach (var (setting, value) in settings ?? merged)
        {
            merged[setting] = value;
        }

        var options = new ProviderOptions
        {
            Name = known?.Name ?? name,
            Type = factory.TryGet(wanted, out var descriptor) ? descriptor.Name : wanted,
            Settings = merged,
            SourceFile = known?.SourceFile,
        };
        var entry = EntryOf(options, known is null ? null : present);
        _ = entry.Provider;
        RegisteredSettings.Check(options, descriptor!.Settings);
        _ = entry.Settings;
        Replace(options.Name, entry);
    }

    /// <summary>Takes over the providers of another configuration; those registered or set up at run time stay as they are.</summary>
    /// <param name="before">The configuration of every configured provider until now.</param>
    /// <param name="after">The same from now on.</param>
    public void Change(IEnumerable<ProviderOptions> before, IEnumerable<ProviderOptions> after)
    {
        var known = before.ToDictionary(options => options.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var options in after)
        {
            known.Remove(options.Name, out var old);
            if (!_entries.TryGetValue(options.Name, out var entry))
            {
                if (old is null)
                {
                    _entries[options.Name] = EntryOf(options, null);
                }
            }
            else if (old is not null && !Same(old, options) && entry.IsOwned && Same(old, entry.Options))
            {
                var isSameType = string.Equals(entry.Options.Type, options.Type, StringComparison.OrdinalIgnoreCase);
                Replace(options.Name, EntryOf(options, isSameType ? entry : null));
            }
        }

        foreach (var gone in known.Values)
        {
            if (_entries.TryGetValue(gone.Name, out var entry) && entry.IsOwned && Same(gone, entry.Options))
            {
                Unregister(gone.Name);
            }
        }
    }

    /// <summary>Removes a provider. Calls under way end undisturbed.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Unregister(string name)
    {
        if (!_entries.TryRemove(name, out var removed))
        {
            return false;
        }

        Retire(removed);
        return true;
    }

    /// <summary>Finds a provider, and makes it if this is its first use.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="provider">The provider.</param>
    /// <exception cref="MarketDataException">It is configured, but its type does not exist or refuses its settings.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out IMarketDataProvider? provider)
    {
        provider = TryGetEntry(name, out var entry) ? entry.Provider : null;
        return provider is not null;
    }

    /// <summary>Finds a provider's entry without making the provider.</summary>
    public bool TryGetEntry(string name, [NotNullWhen(true)] out ProviderEntry? entry) => _entries.TryGetValue(name, out entry);

    /// <summary>Finds a provider's entry.</summary>
    /// <exception cref="MarketDataException">There is no such provider (<c>UnknownProvider</c>).</exception>
    public ProviderEntry GetEntry(string name)
    {
        if (TryGetEntry(name, out var entry))
        {
            return entry;
        }

        var nearest = NearestName.Find(name, Names);
        var hint = Types.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } type
            ? $" '{type.Name}' is a kind of provider that needs settings first: Register-MarketDataProvider -Name {type.Name}, or an entry under cache.providers."
            : nearest is null ? string.Empty : $" Did you mean '{nearest}'?";
        var known = _entries.IsEmpty ? "None is configured." : $"Known: {string.Join(", ", Names)}.";
        throw new MarketDataException("UnknownProvider", $"There is no provider '{name}'.{hint} {known}") { Target = name };
    }

    /// <summary>Disposes of the providers that the registry made.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in _entries.Values.Concat(_retired).Where(entry => entry.IsOwned))
        {
            switch (entry.Existing)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    private static string TypeNameOf(IMarketDataProvider provider)
    {
        var name = provider.GetType().Name;
        return name.EndsWith("Provider", StringComparison.Ordinal) && name.Length > "Provider".Length ? name[..^"Provider".Length] : name;
    }

    private static bool Same(ProviderOptions one, ProviderOptions other) =>
        string.Equals(one.Type, other.Type, StringComparison.OrdinalIgnoreCase) && SettingValues.Same(one.Settings, other.Settings);

    private ProviderEntry EntryOf(ProviderOptions options, ProviderEntry? replaces) =>
        new(options, _factory!.Create, _factory!.TryGet(options.Type, out var type) ? type.FreeBudget : [], replaces);

    private void Replace(string name, ProviderEntry entry)
    {
        if (_entries.TryGetValue(name, out var replaced))
        {
            Retire(replaced);
        }

        _entries[name] = entry;
    }

    // Calls may be under way, so what the registry made is disposed of with the registry.
    private void Retire(ProviderEntry entry)
    {
        if (entry.IsOwned)
        {
            _retired.Add(entry);
        }
    }
}
