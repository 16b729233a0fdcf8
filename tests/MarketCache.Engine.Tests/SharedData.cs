namespace MarketCache.Engine.Tests;

/// <summary>The recorded data beside the repository, where there is any.</summary>
internal static class SharedData
{
    /// <summary>The folder <c>shared/data</c> beside the repository root, or null.</summary>
    public static string? Root { get; } = Find();

    /// <summary>A file of the recorded data.</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Root ?? throw new InvalidOperationException("The recorded data is absent; mark the test with SharedDataFact."), .. parts]);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
