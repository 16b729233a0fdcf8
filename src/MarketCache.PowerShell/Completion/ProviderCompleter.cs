namespace MarketCache.PowerShell.Completion;

/// <summary>Completes providers.</summary>
public sealed class ProviderCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() => [];
}
