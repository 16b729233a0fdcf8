namespace MarketCache.Engine.Configuration;

/// <summary>Paths as configuration spells them.</summary>
internal static class ConfigurationPath
{
    /// <summary>The absolute path: <c>~</c> is the home folder, a relative one starts at a folder, and both kinds of slash will do.</summary>
    /// <param name="path">The path.</param>
    /// <param name="folder">Where a relative path starts.</param>
    /// <param name="home">The home folder; null for none.</param>
    /// <exception cref="ArgumentException">It is no path on this platform.</exception>
    public static string Resolve(string path, string folder, string? home)
    {
        if (home is not null && (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)))
        {
            path = home + path[1..];
        }

        return Path.GetFullPath(path, Path.GetFullPath(folder));
    }
}
