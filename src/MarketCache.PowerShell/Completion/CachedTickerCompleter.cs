namespace MarketCache.PowerShell.Completion;

/// <summary>Completes tickers that are cached.</summary>
public sealed class CachedTickerCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() => [];
}
