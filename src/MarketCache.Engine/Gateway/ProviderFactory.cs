using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Gateway;

/// <summary>Makes providers out of configuration.</summary>
/// <param name="types">The types it can make.</param>
/// <param name="services">What the providers take from their surroundings.</param>
internal sealed class ProviderFactory(IEnumerable<ProviderDescriptor> types, ProviderServices services)
{
    private readonly Dictionary<string, ProviderDescriptor> _types = types.ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The types known, in alphabetical order.</summary>
    public IReadOnlyList<ProviderDescriptor> Types => [.. _types.Values.OrderBy(type => type.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The type of that name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ProviderDescriptor? type) => _types.TryGetValue(name, out type);

    /// <summary>Makes a provider.</summary>
    /// <param name="options">Its configuration.</param>
    /// <exception cref="MarketDataException">There is no such type, or the type refuses its settings.</exception>
    public IMarketDataProvider Create(ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (TryGet(options.Type, out var type))
        {
            return type.Create(options, services);
        }

        var nearest = NearestName.Find(options.Type, _types.Keys);
        var hint = nearest is null ? string.Empty : $" Did you mean '{nearest}'?";
        var file = options.SourceFile is null ? string.Empty : $" in {options.SourceFile}";
        throw new MarketDataException(
            "UnknownProviderType",
            $"Provider '{options.Name}'{file} has the type '{options.Type}', which does not exist.{hint} Types: {string.Join(", ", Types.Select(t => t.Name))}.")
        {
            Target = options.Name,
        };
    }
}
