namespace MarketCache.Engine.Gateway;

/// <summary>A fetch's place among the calls that a provider may have under way at once.</summary>
/// <param name="places">The provider's places.</param>
internal sealed class LanePlace(SemaphoreSlim places) : IDisposable
{
    private readonly object _gate = new();
    private bool _isTaken;
    private bool _isWanted;
    private int _loans;

    /// <summary>Takes one, as soon as one is free.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isTaken = _isWanted = true;
    }

    /// <summary>Lets others have it for a time.</summary>
    public void Lend()
    {
        lock (_gate)
        {
            if (_loans++ == 0)
            {
                GiveUp();
            }
        }
    }

    /// <summary>
    /// Ends one loan, the last of which takes a place again. Where none is free the fetch goes on without: were it to wait, it could wait
    /// for a script that runs on top of its own.
    /// </summary>
    public void TakeBack()
    {
        lock (_gate)
        {
            if (--_loans == 0 && _isWanted)
            {
                _isTaken = places.Wait(0);
            }
        }
    }

    /// <summary>Gives it up for good.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isWanted = false;
            GiveUp();
        }
    }

    private void GiveUp()
    {
        if (_isTaken)
        {
            _isTaken = false;
            places.Release();
        }
    }
}
