namespace MarketCache.Engine.Tests;

/// <summary>How long a test waits for what comes at once on a quiet machine.</summary>
internal static class Waiting
{
    /// <summary>Long enough for a machine that is busy with other things: only a defect reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
}
