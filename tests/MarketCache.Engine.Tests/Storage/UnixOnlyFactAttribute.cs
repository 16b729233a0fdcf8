namespace MarketCache.Engine.Tests.Storage;

/// <summary>A test of what only Unix has: modes, symbolic links without a privilege.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixOnlyFactAttribute : FactAttribute
{
    public UnixOnlyFactAttribute(bool modes = false)
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has no Unix modes.";
        }
        else if (modes && !ReadOnlyFolders.Apply)
        {
            Skip = "Root may write into read-only folders, and only Linux lets a thread give that right up.";
        }
    }
}
