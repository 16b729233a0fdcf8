namespace MarketCache.Engine.Gateway;

/// <summary>What a process knows by itself of its calls with one provider and key. Times are ticks of elapsed time; its user locks it.</summary>
internal sealed class OwnCalls
{
    /// <summary>The calls.</summary>
    public CallLog Log { get; } = new();

    /// <summary>Until when the provider asked to be left alone.</summary>
    public long CoolDownUntil { get; set; }

    /// <summary>Cool-downs since the last success.</summary>
    public int Streak { get; set; }
}
