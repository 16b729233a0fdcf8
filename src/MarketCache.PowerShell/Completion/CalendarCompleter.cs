using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes trading calendars.</summary>
public sealed class CalendarCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Sessions.Calendars.Select(name => new Candidate(name, name))];
}
