using MarketCache.Engine.Files;

namespace MarketCache.Engine.Gateway;

/// <summary>
/// Keeps the budgets and the cool-down of one provider and key: in the file shared with the user's other processes and, as a
/// safeguard against a wall clock that is set forward and a folder that cannot be used, in memory by elapsed time. Places are
/// reserved ahead in the order of asking, so waiting is fair among processes too.
/// </summary>
internal sealed class BudgetLedger
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<BudgetLimit> _limits;
    private readonly IReadOnlyList<BudgetLimit> _guardLimits;
    private readonly TimeProvider _time;
    private readonly SteadyTimeProvider _steady;
    private readonly BudgetFile? _file;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly OwnCalls _own;
    private readonly TimeSpan _horizon;
    private readonly long _spare;
    private volatile string? _unusable;

    /// <param name="limits">The budgets.</param>
    /// <param name="time">The wall clock.</param>
    /// <param name="steady">The clock of elapsed time.</param>
    /// <param name="file">The shared file; null for this process only.</param>
    /// <param name="before">The ledger of the same provider and key under earlier limits, whose calls and cool-down count on; may be null.</param>
    public BudgetLedger(IReadOnlyList<BudgetLimit> limits, TimeProvider time, SteadyTimeProvider steady, BudgetFile? file, BudgetLedger? before = null)
    {
        _own = before?._own ?? new OwnCalls();
        _limits = limits;
        _time = time;
        _steady = steady;
        _file = file;
        _horizon = limits.Count == 0 ? TimeSpan.Zero : limits.Max(limit => limit.Hold);
        _spare = limits.Count == 0 ? 0 : limits.Min(limit => (limit.Hold - limit.Length).Ticks);

        // Elapsed time stands still while some machines sleep. A day's budget must not be missing after a night's sleep, so beside
        // a shared file the safeguard looks at the short windows only.
        _guardLimits = file is null ? limits : [.. limits.Where(limit => limit.Length <= TimeSpan.FromHours(1))];
    }

    /// <summary>
    /// How long a provider that says "too many calls" without a time is left alone the first time, and how long at least if it gives one.
    /// Two of these pauses, the second twice as long, fit into the wait that requests put up with.
    /// </summary>
    public static TimeSpan FirstCoolDown { get; } = TimeSpan.FromSeconds(3);

    /// <summary>How long it is left alone at most if it gives no time; each repetition doubles the time.</summary>
    public static TimeSpan LongestOwnCoolDown { get; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest cool-down that a provider is believed.</summary>
    public static TimeSpan LongestCoolDown { get; } = TimeSpan.FromHours(24);

    /// <summary>What is wrong with sharing, for people; null if nothing is.</summary>
    public string? Warning => _unusable
        ?? (_file is { IsDamaged: true }
            ? $"The budget file '{_file.Path}' is damaged; its budgets count as spent at the time of its last write. Delete it to reset them."
            : null);

    /// <summary>Reserves the place of one call.</summary>
    /// <param name="patience">The longest wait that is acceptable.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    public Task<Admission> ReserveAsync(TimeSpan patience, CancellationToken cancellationToken) => PlaceAsync(default, patience, cancellationToken);

    /// <summary>
    /// Takes up a place that was waited for, now that its time has come: calls that took long may have moved the places before it, and
    /// a cool-down may have begun.
    /// </summary>
    /// <param name="reserved">The place; where the answer is no admission, it has been given back.</param>
    /// <param name="patience">How much longer a wait is acceptable; what was waited for already is not given up for want of a second.</param>
    /// <param name="cancellationToken">Ends the wait for other processes.</param>
    /// <returns>The place as it is now; with a wait where it is not free yet.</returns>
    public Task<Admission> TakeUpAsync(Admission reserved, TimeSpan patience, CancellationToken cancellationToken) =>
        PlaceAsync(reserved, Longer(patience, TimeSpan.Zero) + Grace, cancellationToken);

    /// <summary>
    /// Notes that a call has ended. It reached the service at some time until now, so it holds its place from now on, less what places
    /// are held beyond their window anyway; thus calls that reach the service are never too close together, however long some were on
    /// their way. Costs nothing for a call that was quick.
    /// </summary>
    public async Task EndAsync(Admission admission, CancellationToken cancellationToken)
    {
        if (admission.OwnPlace == 0)
        {
            return;
        }

        lock (_own)
        {
            var late = SteadyNow() - _spare;
            if (late <= admission.OwnPlace)
            {
                return;
            }

            _own.Log.Move(admission.OwnPlace, late);
        }

        if (admission.SharedPlace != 0)
        {
            await ChangeAsync(
                (state, now) => now - _spare > admission.SharedPlace && state.Log.Move(admission.SharedPlace, now - _spare),
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives back a place that was not used.</summary>
    public async Task ReleaseAsync(Admission admission, CancellationToken cancellationToken)
    {
        ReleaseOwn(admission);
        if (admission.SharedPlace != 0)
        {
            await ChangeAsync((state, _) => state.Log.Remove(admission.SharedPlace), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Notes calls that a provider made beyond the one it was granted (pages, fallback hosts).</summary>
    public async Task ChargeAsync(int calls)
    {
        if (_limits.Count == 0 || calls <= 0)
        {
            return;
        }

        lock (_own)
        {
            _own.Log.Add(SteadyNow(), calls);
        }

        await ChangeAsync(
            (state, now) =>
            {
                state.Log.Add(now, calls);
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Leaves the provider alone.</summary>
    /// <param name="asked">For how long the provider asked; null if it did not say.</param>
    /// <returns>For how long it is left alone.</returns>
    public async Task<TimeSpan> CoolDownAsync(TimeSpan? asked)
    {
        TimeSpan length;
        lock (_own)
        {
            // Several calls under way may all be refused: that is one cool-down, not several.
            var steady = SteadyNow();
            if (_own.CoolDownUntil <= steady)
            {
                _own.Streak++;
            }

            length = LengthOf(asked, Math.Max(1, _own.Streak));
            _own.CoolDownUntil = Math.Max(_own.CoolDownUntil, steady + length.Ticks);
        }

        await ChangeAsync(
            (state, now) =>
            {
                var remaining = CoolDownOf(state, now);
                if (remaining == TimeSpan.Zero)
                {
                    state.Streak = Math.Min(state.Streak + 1, 1000);
                }

                length = Longer(length, LengthOf(asked, state.Streak));
                if (length > remaining)
                {
                    (state.CoolDownUntil, state.CoolDownLength) = (now + length.Ticks, length);
                }

                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
        return length;
    }

    /// <summary>Notes that a call succeeded, so that the next cool-down without a time is a short one again.</summary>
    public async Task SucceedAsync()
    {
        // Successes are the rule: no file is touched unless this process saw a cool-down.
        lock (_own)
        {
            if (_own.Streak == 0)
            {
                return;
            }

            _own.Streak = 0;
        }

        await ChangeAsync(
            (state, _) =>
            {
                state.Streak = 0;
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>How things are, without reserving anything or waiting for anyone.</summary>
    public BudgetSnapshot Snapshot()
    {
        BudgetState? state = null;
        var now = _time.GetUtcNow().UtcTicks;
        try
        {
            state = _file?.Read(now);
            state?.Log.PullBack(now, GatewaySettings.LongestWait);
        }
        catch (Exception e) when (PrivateFiles.IsIoFailure(e))
        {
            Warn(e);
        }

        lock (_own)
        {
            var steady = SteadyNow();
            var guard = state is null ? _limits : _guardLimits;
            var left = _limits.Select(limit => new ProviderBudget(
                limit.Window,
                limit.Calls,
                Math.Min(state?.Log.Left(now, limit) ?? int.MaxValue, guard.Contains(limit) ? _own.Log.Left(steady, limit) : int.MaxValue)));
            var ownWait = _own.Log.EarliestFit(steady, guard) - steady;
            var sharedWait = state is null ? 0 : state.Log.EarliestFit(now, _limits) - now;
            var ownCoolDown = Math.Max(0, _own.CoolDownUntil - steady);
            var sharedCoolDown = state is null ? 0 : CoolDownOf(state, now).Ticks;
            return new BudgetSnapshot(
                [.. left],
                TimeSpan.FromTicks(Math.Max(ownWait, sharedWait)),
                TimeSpan.FromTicks(Math.Max(ownCoolDown, sharedCoolDown)));
        }
    }

    private static TimeSpan LengthOf(TimeSpan? asked, int streak)
    {
        if (asked is { } length)
        {
            return length < LongestCoolDown ? Longer(length, FirstCoolDown) : LongestCoolDown;
        }

        var doubled = FirstCoolDown * Math.Pow(2, Math.Clamp(streak - 1, 0, 10));
        return doubled < LongestOwnCoolDown ? doubled : LongestOwnCoolDown;
    }

    /// <summary>What remains of the shared cool-down: never more than its whole length, should the clock have been set back.</summary>
    private static TimeSpan CoolDownOf(BudgetState state, long now) =>
        TimeSpan.FromTicks(Math.Clamp(state.CoolDownUntil - now, 0, state.CoolDownLength.Ticks));

    private TimeSpan Horizon(BudgetState state)
    {
        if (state.Horizon < _horizon)
        {
            state.Horizon = _horizon;
        }

        return state.Horizon;
    }

    private long SteadyNow() => _steady.GetUtcNow().UtcTicks;

    private async Task<Admission> PlaceAsync(Admission reserved, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_limits.Count == 0)
        {
            var coolDown = Snapshot().CoolDown;
            return new Admission(coolDown <= patience, coolDown, coolDown > TimeSpan.Zero, 0, 0);
        }

        Admission admission = default;
        var shared = await ChangeAsync(
            (state, now) =>
            {
                var mended = state.Log.PullBack(now, GatewaySettings.LongestWait);
                state.Log.Forget(now, Horizon(state));
                var isReserved = reserved.SharedPlace != 0 && state.Log.Remove(reserved.SharedPlace);
                var free = isReserved ? state.Log.EarliestFree(now, _limits) : state.Log.EarliestFit(now, _limits);
                admission = Decide(reserved, TimeSpan.FromTicks(free - now), CoolDownOf(state, now), patience, now);
                if (admission.IsGranted)
                {
                    state.Log.Add(admission.SharedPlace);
                }

                return admission.IsGranted || mended || isReserved;
            },
            cancellationToken).ConfigureAwait(false);
        switch (shared)
        {
            case true:
                return admission;
            case false:
                ReleaseOwn(reserved);
                return new Admission(false, TimeSpan.FromSeconds(1), false, 0, 0);
            default:
                // Where it was decided, but the file could not be written: the decision holds for this process.
                return admission.IsGranted ? admission with { SharedPlace = 0 } : Decide(reserved, TimeSpan.Zero, TimeSpan.Zero, patience, null);
        }
    }

    private Admission Decide(Admission reserved, TimeSpan budget, TimeSpan coolDown, TimeSpan patience, long? now)
    {
        lock (_own)
        {
            var steady = SteadyNow();
            _own.Log.Forget(steady, _horizon);
            var guard = now is null ? _limits : _guardLimits;
            var free = reserved.OwnPlace != 0 && _own.Log.Remove(reserved.OwnPlace) ? _own.Log.EarliestFree(steady, guard) : _own.Log.EarliestFit(steady, guard);
            budget = Longer(budget, TimeSpan.FromTicks(free - steady));
            coolDown = Longer(coolDown, TimeSpan.FromTicks(Math.Max(0, _own.CoolDownUntil - steady)));
            var wait = Longer(budget, coolDown);
            if (wait > patience)
            {
                return new Admission(false, wait, coolDown >= budget, 0, 0);
            }

            _own.Log.Add(steady + wait.Ticks);
            return new Admission(true, wait, coolDown >= budget && coolDown > TimeSpan.Zero, now + wait.Ticks ?? 0, steady + wait.Ticks);
        }
    }

    private void ReleaseOwn(Admission admission)
    {
        if (admission.OwnPlace != 0)
        {
            lock (_own)
            {
                _own.Log.Remove(admission.OwnPlace);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>Changes the shared state; true if done, false if the lock could not be had, null if nothing is shared.</summary>
    private async Task<bool?> ChangeAsync(Func<BudgetState, long, bool> change, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return null;
        }

        // One thread of this process at a time, so that only processes contend for the file.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var done = await _file.ChangeAsync(() => _time.GetUtcNow().UtcTicks, change, cancellationToken).ConfigureAwait(false);
            _unusable = null;
            return done;
        }
        catch (Exception e) when (PrivateFiles.IsIoFailure(e))
        {
            Warn(e);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Warn(Exception e) =>
        _unusable = $"Budgets and cool-downs apply to this process only: '{_file!.Path}' cannot be used ({e.Message}).";
}
