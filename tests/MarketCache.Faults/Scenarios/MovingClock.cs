using System.Globalization;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// The clock jumps back and ahead by up to years between writes. What is written is read at once, the limit holds, and what was
/// used while the clock was ahead can be evicted when it is right again.
/// </summary>
internal sealed class MovingClock : Scenario
{
    private const long MaxBytes = 2 << 20;

    public override string Name => "moving-clock";

    public override string Promise => "a clock that jumps costs no answer and no room";

    public override double Weight => 0.5;

    public override void Run(ScenarioContext context)
    {
        ManualClock clock = new(new DateTimeOffset(2025, 6, 2, 12, 0, 0, TimeSpan.Zero));
        string folder = Path.Combine(context.Folder, "cache");
        using FolderTier tier = new(new FolderTierOptions { Directory = folder, MaxBytes = MaxBytes }, clock);
        TimeSpan away = TimeSpan.Zero;
        int next = 0;
        while (context.GoesOn)
        {
            TimeSpan jump = TimeSpan.FromSeconds((context.Random.NextDouble() - 0.5) * Math.Pow(10, context.Random.Next(10)));
            clock.Move(jump);
            away += jump;
            if (Math.Abs(away.TotalDays) > 3000)
            {
                clock.Move(-away);
                away = TimeSpan.Zero;
            }

            context.Count("jumps");
            for (int i = 0; i < 5; i++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"m{next++}");
                context.Check(Truth.Write(tier, key, next) == FeedWriteResult.Replaced, () => $"'{key}' was left out");
                (long version, string? wrong) = Truth.Check(tier, key);
                context.Check(version == next && wrong is null, () => wrong ?? $"'{key}' was written and is read as {version}");
                tier.Touch($"m{context.Random.Next(next)}");
            }

            context.Check(tier.Usage.AllocatedBytes <= MaxBytes, () => $"{tier.Usage} after a jump by {jump}");
            if (context.Random.Next(50) == 0)
            {
                Truth.Await(tier.SweepAsync(default));
            }
        }

        // With the clock right again everything written before must be able to go.
        clock.Move(-away);
        clock.Move(TimeSpan.FromDays(1));
        int before = next;
        for (int i = 0; i < 500; i++)
        {
            clock.Move(TimeSpan.FromMinutes(1));
            context.Check(Truth.Write(tier, $"m{next++}", 1) == FeedWriteResult.Replaced, () => "a write was left out");
        }

        int old = Truth.List(tier).Count(listed => int.Parse(listed.Feed.Key.AsSpan(1), CultureInfo.InvariantCulture) < before);
        context.Check(old == 0, () => $"{old} feeds used while the clock was wrong stay for ever");
        context.Check(Truth.Await(tier.VerifyAsync(repair: false, null, default)).IsHealthy, () => "the folder is not whole");
    }
}
