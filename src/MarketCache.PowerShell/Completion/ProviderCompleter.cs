using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes providers.</summary>
public sealed class ProviderCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Providers.Names.Select(name => new Candidate(name, name))];
}
