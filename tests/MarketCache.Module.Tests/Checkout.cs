namespace MarketCache.Module.Tests;

/// <summary>Where things are in the checkout that these tests were built in.</summary>
internal static class Checkout
{
    /// <summary>The repository root, which is the module's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The module's manifest.</summary>
    public static string Manifest => Path.Combine(Root, "MarketCache.psd1");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MarketCache.psd1")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests run from a checkout.");
    }
}
