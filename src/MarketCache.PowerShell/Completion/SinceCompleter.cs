namespace MarketCache.PowerShell.Completion;

/// <summary>Completes stretches of time that end now.</summary>
public sealed class SinceCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
    [
        new("1h", "The last hour"),
        new("24h", "The last 24 hours"),
        new("7d", "The last seven days"),
        new("30d", "The last 30 days"),
        new("6mo", "The last six months"),
        new("all", "Everything that was counted"),
    ];
}
