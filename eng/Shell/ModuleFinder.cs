namespace MarketCache.Shell;

/// <summary>Finds the module's manifest in the checkout that this program was built in.</summary>
internal static class ModuleFinder
{
    /// <summary>The manifest's path.</summary>
    /// <exception cref="FileNotFoundException">No folder above this program holds it.</exception>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var manifest = Path.Combine(folder.FullName, "MarketCache.psd1");
            if (File.Exists(manifest))
            {
                return manifest;
            }
        }

        throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds MarketCache.psd1. Name the module with -Module <path>.");
    }
}
