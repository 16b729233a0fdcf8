namespace MarketCache.Engine.Storage;

/// <summary>Where the cache lies when nobody says otherwise.</summary>
internal static class CacheFolder
{
    /// <summary>
    /// The per-user cache folder of the platform: <c>%LOCALAPPDATA%\MarketCache\cache</c>, <c>~/Library/Caches/MarketCache</c>, or
    /// <c>$XDG_CACHE_HOME/marketcache</c> (<c>~/.cache/marketcache</c>). Without a home it is a folder of this user under the
    /// temporary folder.
    /// </summary>
    public static string Default()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "MarketCache", "cache");
        }

        var home = Environment.GetEnvironmentVariable("HOME");
        if (OperatingSystem.IsMacOS() && !string.IsNullOrEmpty(home))
        {
            return Path.Combine(home, "Library", "Caches", "MarketCache");
        }

        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches && Path.IsPathRooted(caches))
        {
            return Path.Combine(caches, "marketcache");
        }

        return string.IsNullOrEmpty(home)
            ? Path.Combine(Path.GetTempPath(), $"marketcache-{Environment.UserName}")
            : Path.Combine(home, ".cache", "marketcache");
    }
}
