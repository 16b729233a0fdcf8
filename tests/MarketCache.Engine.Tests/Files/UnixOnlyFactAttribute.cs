namespace MarketCache.Engine.Tests.Files;

/// <summary>A test of what only Unix has: modes, pipes, symbolic links without a privilege.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixOnlyFactAttribute : FactAttribute
{
    public UnixOnlyFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has no Unix modes.";
        }
    }
}
