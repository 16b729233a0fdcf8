using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.AlphaVantage;
using MarketCache.Engine.Providers.Csv;
using MarketCache.Engine.Providers.Fred;
using MarketCache.Engine.Providers.Sample;
using MarketCache.Engine.Providers.Tiingo;
using MarketCache.Engine.Providers.Web;
using MarketCache.Engine.Providers.Yahoo;

namespace MarketCache.Engine.Providers;

/// <summary>The providers MarketCache ships: the one list of them.</summary>
internal static class BuiltInProviders
{
    /// <summary>Every one, in the order of the documentation.</summary>
    public static IReadOnlyList<ProviderDescriptor> All { get; } =
    [
        YahooProvider.Descriptor,
        FredProvider.Descriptor,
        TiingoProvider.Descriptor,
        AlphaVantageProvider.Descriptor,
        CsvProvider.Descriptor,
        HttpProvider.Descriptor,
        SampleProvider.Descriptor,
    ];

    /// <summary>Their names, in the same order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(type => type.Name)];
}
