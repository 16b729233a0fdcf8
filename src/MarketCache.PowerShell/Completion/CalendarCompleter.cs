namespace MarketCache.PowerShell.Completion;

/// <summary>Completes trading calendars.</summary>
public sealed class CalendarCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() => [];
}
