using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.AlphaVantage;
using MarketCache.Engine.Providers.Csv;
using MarketCache.Engine.Providers.Fred;
using MarketCache.Engine.Providers.Sample;
using MarketCache.Engine.Providers.Tiingo;
using MarketCache.Engine.Providers.Yahoo;

namespace MarketCache.Engine.Providers;

/// <summary>Makes providers out of configuration: the one place that knows which types there are.</summary>
internal sealed class ProviderFactory
{
    private readonly Dictionary<string, Func<ProviderOptions, IMarketDataProvider>> _types;

    /// <summary>Makes a factory of the built-in types.</summary>
    /// <param name="time">The engine's clock.</param>
    public ProviderFactory(TimeProvider time)
        : this(ProviderServices.Default with { TimeProvider = time })
    {
    }

    /// <summary>Makes a factory of the built-in types.</summary>
    /// <param name="services">What the providers take from their surroundings.</param>
    public ProviderFactory(ProviderServices services)
        : this(BuiltIn(services))
    {
    }

    internal ProviderFactory(IReadOnlyDictionary<string, Func<ProviderOptions, IMarketDataProvider>> types)
    {
        _types = new(types, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The types that work without any settings: they are there under their own name even where configuration does not name them.</summary>
    public static IReadOnlyList<string> SelfSufficientTypes { get; } = ["AlphaVantage", "Fred", "Sample", "Tiingo", "Yahoo"];

    /// <summary>The types known, in alphabetical order.</summary>
    public IReadOnlyList<string> Types => [.. _types.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Makes a provider.</summary>
    /// <param name="options">Its configuration.</param>
    /// <exception cref="MarketDataException">There is no such type, or the type refuses its settings.</exception>
    public IMarketDataProvider Create(ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_types.TryGetValue(options.Type, out var create))
        {
            return create(options);
        }

        var nearest = NearestName.Find(options.Type, _types.Keys);
        var hint = nearest is null ? string.Empty : $" Did you mean '{nearest}'?";
        var file = options.SourceFile is null ? string.Empty : $" in {options.SourceFile}";
        throw new MarketDataException(
            "UnknownProviderType",
            $"Provider '{options.Name}'{file} has the type '{options.Type}', which does not exist.{hint} Types: {string.Join(", ", Types)}.")
        {
            Target = options.Name,
        };
    }

    private static Dictionary<string, Func<ProviderOptions, IMarketDataProvider>> BuiltIn(ProviderServices services) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["AlphaVantage"] = options => AlphaVantageProvider.FromOptions(options, services),
        ["Csv"] = options => CsvProvider.FromOptions(options, services),
        ["Fred"] = options => FredProvider.FromOptions(options, services),
        ["Sample"] = options => SampleProvider.FromOptions(options, services),
        ["Tiingo"] = options => TiingoProvider.FromOptions(options, services),
        ["Yahoo"] = options => YahooProvider.FromOptions(options, services),
    };
}
