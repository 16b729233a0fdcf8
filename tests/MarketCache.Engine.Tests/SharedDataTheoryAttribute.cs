namespace MarketCache.Engine.Tests;

/// <summary>A test with cases over the recorded data; skipped where a checkout has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute()
    {
        if (SharedData.Root is null)
        {
            Skip = "The recorded market data (a folder shared/data beside the repository) is not here.";
        }
    }
}
