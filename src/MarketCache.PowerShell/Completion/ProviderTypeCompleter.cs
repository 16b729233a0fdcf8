using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes the built-in types of providers.</summary>
public sealed class ProviderTypeCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Providers.Types.Select(type => new Candidate(type, type))];
}
