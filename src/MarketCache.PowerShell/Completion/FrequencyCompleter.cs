namespace MarketCache.PowerShell.Completion;

/// <summary>Completes frequencies.</summary>
public sealed class FrequencyCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. Frequency.All.Select(frequency => new Candidate(frequency.Name, frequency.Name))];
}
