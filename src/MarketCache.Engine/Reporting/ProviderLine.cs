using System.Globalization;

namespace MarketCache.Engine.Reporting;

/// <summary>What a provider was asked in the report's time, and how it is doing.</summary>
internal sealed record ProviderLine
{
    private const double NotableShare = 0.1;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it is doing; null if this session does not have it.</summary>
    public ProviderState? State { get; init; }

    /// <summary>Calls made.</summary>
    public long Calls { get; init; }

    /// <summary>Calls that failed.</summary>
    public long Failures { get; init; }

    /// <summary>Calls that the cache made unnecessary.</summary>
    public long Avoided { get; init; }

    /// <summary>Mean time of a call; zero if none was made.</summary>
    public TimeSpan MeanTime { get; init; }

    /// <summary>The last hour in which a call failed, UTC; null if none did or no hours are kept.</summary>
    public DateTime? LastFailure { get; init; }

    /// <summary>The hour since which every call has failed, UTC; null if the last calls succeeded.</summary>
    public DateTime? FailingSince { get; init; }

    /// <summary>Whether it cannot be asked now.</summary>
    private bool IsBlocked => State?.State is ProviderAvailability.CoolingDown or ProviderAvailability.BreakerOpen or ProviderAvailability.OutOfBudget;

    /// <summary>What is wrong, since when, and what to do; null if nothing is that a user should look at.</summary>
    public string? Problem()
    {
        if (!IsBlocked && FailingSince is null && (Failures == 0 || Failures < NotableShare * Calls))
        {
            return null;
        }

        string[] parts =
        [
            $"{Name}{Blocked()}{(IsBlocked && Failures > 0 ? ";" : string.Empty)}{(Failures == 0 ? string.Empty : $" {QuantityText.Count(Failures)} of {QuantityText.Count(Calls)} calls failed")}{Since()}.",
            State?.LastError is { } error ? $"Last error: {error.TrimEnd('.')}." : string.Empty,
            Advice(),
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    private string Blocked() => State?.State switch
    {
        ProviderAvailability.CoolingDown => " asked to be left alone for a while",
        ProviderAvailability.BreakerOpen => " failed so often that it is left alone for a while",
        ProviderAvailability.OutOfBudget => " is out of budget",
        _ => ":",
    };

    private string Since() =>
        FailingSince is { } since ? $", all since {Hour(since)}"
        : LastFailure is { } last ? $", the last in the hour from {Hour(last)}; calls since then succeeded"
        : string.Empty;

    private string Advice()
    {
        var again = State?.RetryAt is { } at ? $"It is asked again at {Text(at, "yyyy-MM-dd HH:mm")} UTC. " : string.Empty;
        return again + (State?.State == ProviderAvailability.OutOfBudget
            ? $"A larger budget is set in cache.providers.{Name}.budget."
            : FailingSince is null && !IsBlocked
                ? string.Empty
                : $"Until it answers, what is cached is served; another provider may stand in the data type's chain. Get-MarketDataProvider {Name} tells more.");
    }

    private static string Hour(DateTime hour) => Text(hour, "yyyy-MM-dd HH:00") + " UTC";

    private static string Text(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
