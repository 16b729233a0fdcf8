namespace MarketCache.Engine.Tests.Storage;

/// <summary>A test of what only Unix has: modes, symbolic links without a privilege.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixOnlyFactAttribute : FactAttribute
{
    public UnixOnlyFactAttribute(bool notAsRoot = false)
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has no Unix modes.";
        }
        else if (notAsRoot && Environment.UserName == "root")
        {
            Skip = "Root may write into read-only folders.";
        }
    }
}
