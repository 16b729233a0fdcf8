namespace MarketCache.Engine.Tests;

/// <summary>A test over the recorded data; skipped where a checkout has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute()
    {
        if (SharedData.Root is null)
        {
            Skip = "The recorded market data (a folder shared/data beside the repository) is not here.";
        }
    }
}
