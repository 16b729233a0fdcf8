namespace MarketCache.PowerShell.Completion;

/// <summary>Completes periods.</summary>
public sealed class PeriodCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
    [
        new("30d", "The last 30 calendar days"),
        new("6mo", "The last six months"),
        new("1y", "The last year"),
        new("5y", "The last five years"),
        new("ytd", "Since 1 January"),
        new("max", "Everything"),
    ];
}
