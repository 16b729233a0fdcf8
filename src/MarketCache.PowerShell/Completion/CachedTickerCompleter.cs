using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes tickers that are in memory; the disk is not read.</summary>
public sealed class CachedTickerCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. (SessionCache.Opened?.TickersInMemory ?? []).Select(ticker => new Candidate(ticker, ticker))];
}
