namespace MarketCache.Engine.Gateway;

/// <summary>One request on its way through the gateway, over all its tries.</summary>
/// <param name="request">What is wanted.</param>
/// <param name="account">The account it is made on.</param>
/// <param name="patience">How long it may wait for budgets and cool-downs in all.</param>
/// <param name="outer">The fetch whose provider asks for this one while it works; null for none.</param>
/// <param name="lane">The way it goes.</param>
/// <param name="place">Its place among the calls that the way has room for.</param>
internal sealed class PendingFetch(ProviderRequest request, ProviderAccount account, TimeSpan patience, PendingFetch? outer, ProviderLane lane, LanePlace place)
{
    private readonly List<Admission> _further = [];
    private readonly LanePlace _place = place;
    private bool _hasCalled;

    /// <summary>The fetch whose provider asks for this one while it works; null for none.</summary>
    public PendingFetch? Outer { get; } = outer;

    /// <summary>The way it goes.</summary>
    public ProviderLane Lane { get; } = lane;

    /// <summary>What is wanted.</summary>
    public ProviderRequest Request { get; } = request;

    /// <summary>The account it is made on.</summary>
    public ProviderAccount Account { get; } = account;

    /// <summary>Whether it has ended; what it started may go on.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether the call is still needed, asked after a wait; null for always.</summary>
    public Func<CancellationToken, ValueTask<bool>>? IsWanted { get; init; }

    /// <summary>How much longer it may wait for budgets and cool-downs.</summary>
    public TimeSpan Patience { get; set; } = patience;

    /// <summary>Answers met that were not the data they should be.</summary>
    public int BadResponses { get; set; }

    /// <summary>The places of the calls that the present try made beyond its first.</summary>
    public IReadOnlyList<Admission> Further
    {
        get
        {
            lock (_further)
            {
                return [.. _further];
            }
        }
    }

    /// <summary>Lends its place, and those of the fetches it works for.</summary>
    /// <returns>Ends the loan.</returns>
    public IDisposable Lend() => new Loan(this);

    /// <summary>A try begins: its first call has its place.</summary>
    public void BeginTry()
    {
        lock (_further)
        {
            _further.Clear();
            _hasCalled = false;
        }
    }

    /// <summary>Whether a call is the first of its try.</summary>
    public bool TakeFirst()
    {
        lock (_further)
        {
            var isFirst = !_hasCalled;
            _hasCalled = true;
            return isFirst;
        }
    }

    /// <summary>Notes the place of a further call.</summary>
    public void Add(Admission admission)
    {
        lock (_further)
        {
            _further.Add(admission);
        }
    }

    /// <summary>Whether it wants just what another request wants.</summary>
    public bool Wants(ProviderRequest other) =>
        string.Equals(Request.DataType, other.DataType, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Request.Ticker, other.Ticker, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Request.Frequency, other.Frequency, StringComparison.OrdinalIgnoreCase)
        && Request.Start == other.Start && Request.End == other.End;

    private sealed class Loan : IDisposable
    {
        private readonly PendingFetch _fetch;

        public Loan(PendingFetch fetch)
        {
            _fetch = fetch;
            foreach (var place in Places())
            {
                place.Lend();
            }
        }

        public void Dispose()
        {
            foreach (var place in Places())
            {
                place.TakeBack();
            }
        }

        private IEnumerable<LanePlace> Places()
        {
            for (var fetch = _fetch; fetch is not null; fetch = fetch.Outer)
            {
                yield return fetch._place;
            }
        }
    }
}
