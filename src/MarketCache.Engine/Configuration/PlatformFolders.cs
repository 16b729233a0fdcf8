namespace MarketCache.Engine.Configuration;

/// <summary>The per-user folders of the platform.</summary>
/// <param name="Configuration">Where <c>config.yaml</c> is looked for; null if the user has no such folder.</param>
/// <param name="Cache">The default cache folder; null if the user has no such folder, and then nothing is kept on disk.</param>
/// <param name="Home">The home folder, for paths that begin with <c>~</c>; null for none.</param>
public sealed record PlatformFolders(string? Configuration, string? Cache, string? Home)
{
    /// <summary>
    /// The folders of this machine's user: <c>XDG_CONFIG_HOME</c> and <c>XDG_CACHE_HOME</c> (else <c>~/.config</c> and
    /// <c>~/.cache</c>) on Linux, <c>%APPDATA%</c> and <c>%LOCALAPPDATA%</c> on Windows, <c>~/Library</c> on macOS; in each a folder
    /// of MarketCache's.
    /// </summary>
    /// <param name="environment">The environment variables.</param>
    public static PlatformFolders Find(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (OperatingSystem.IsWindows())
        {
            var home = Absolute(environment, "USERPROFILE") ?? Special(Environment.SpecialFolder.UserProfile);
            return new(
                Below(Absolute(environment, "APPDATA") ?? Special(Environment.SpecialFolder.ApplicationData), "MarketCache"),
                Below(Absolute(environment, "LOCALAPPDATA") ?? Special(Environment.SpecialFolder.LocalApplicationData), "MarketCache", "cache"),
                home);
        }

        // Without HOME the account's own entry says where its home is.
        var folder = Absolute(environment, "HOME") ?? Special(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS()
            ? new(Below(folder, "Library", "Application Support", "MarketCache"), Below(folder, "Library", "Caches", "MarketCache"), folder)
            : new(
                Below(Absolute(environment, "XDG_CONFIG_HOME") ?? Below(folder, ".config"), "marketcache"),
                Below(Absolute(environment, "XDG_CACHE_HOME") ?? Below(folder, ".cache"), "marketcache"),
                folder);
    }

    // Relative values are to be ignored (XDG Base Directory Specification).
    private static string? Absolute(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out var path) && Path.IsPathFullyQualified(path) ? path : null;

    private static string? Special(Environment.SpecialFolder folder)
    {
        var path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathFullyQualified(path) ? path : null;
    }

    private static string? Below(string? folder, params string[] parts) => folder is null ? null : Path.Combine([folder, .. parts]);
}
