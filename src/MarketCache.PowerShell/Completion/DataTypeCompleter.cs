using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes data types.</summary>
public sealed class DataTypeCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).DataTypes.All.Select(type => new Candidate(type.Name, type.Description))];
}
