namespace MarketCache.Engine.Gateway;

/// <summary>Refuses settings of a provider registered at run time that would be without effect: those of files are checked when they are read.</summary>
internal static class RegisteredSettings
{
    /// <summary>Refuses names that are no settings of the provider.</summary>
    /// <param name="options">The provider.</param>
    /// <param name="own">The settings it may have besides those of the gateway.</param>
    /// <exception cref="MarketDataException">One is not (<c>InvalidProviderSettings</c>).</exception>
    public static void Check(ProviderOptions options, IReadOnlyList<ProviderSetting> own)
    {
        var names = ProviderSetting.Common.Concat(own)
            .Select(setting => setting.Name.Split('.')[0])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        foreach (var name in options.Settings.Keys)
        {
            if (ProviderSetting.IsSecretName(name))
            {
                throw Wrong(options, name, "a secret does not belong in the settings; pass it with -ApiKey, or name its place with key_env or key_vault");
            }

            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                var hint = NearestName.Find(name, names) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;
                throw Wrong(options, name, $"there is no such setting.{hint} Settings: {string.Join(", ", names)}");
            }
        }
    }

    private static MarketDataException Wrong(ProviderOptions options, string name, string why) =>
        new MarketDataException("InvalidProviderSettings", $"Provider '{options.Name}': setting '{name}': {why}.") { Target = options.Name };
}
