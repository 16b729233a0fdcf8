using MarketCache.Engine.Configuration;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes data types.</summary>
public sealed class DataTypeCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. DataTypeCatalog.Default.All.Select(type => new Candidate(type.Name, type.Description))];
}
