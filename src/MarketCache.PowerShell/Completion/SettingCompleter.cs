using MarketCache.Engine.Configuration;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes configuration keys.</summary>
public sealed class SettingCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. ConfigurationKeys.All.Where(key => !key.IsPattern).Select(key => new Candidate(key.Name, key.Description))];
}
