using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Tiers;

public class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flights = new(StringComparer.Ordinal);

    [Fact]
    public async Task Sixty_four_callers_on_as_many_threads_cause_one_call_and_one_of_them_leads()
    {
        var calls = 0;
        var gate = new TaskCompletionSource();
        var callers = new Task<FlightResult<int>>[64];
        var threads = Enumerable.Range(0, callers.Length).Select(i => new Thread(() => callers[i] = _flights.RunAsync("a", async _ =>
        {
            Interlocked.Increment(ref calls);
            await gate.Task;
            return 42;
        }))).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        gate.SetResult();
        var results = await Task.WhenAll(callers);

        Assert.Equal(1, calls);
        Assert.Equal(1, results.Count(r => r.Led));
        Assert.All(results, r => Assert.Equal(42, r.Value));
    }

    [Fact]
    public async Task Other_keys_fly_beside()
    {
        var gate = new TaskCompletionSource();
        var a = _flights.RunAsync("a", async _ =>
        {
            await gate.Task;
            return 1;
        });

        var b = await _flights.RunAsync("b", _ => Task.FromResult(2));
        Assert.Equal(2, b.Value);
        gate.SetResult();
        Assert.Equal(1, (await a).Value);
    }

    [Fact]
    public async Task A_cancelled_caller_leaves_and_the_work_goes_on_for_the_others()
    {
        var gate = new TaskCompletionSource();
        var wasCancelled = false;
        using var impatience = new CancellationTokenSource();
        var leader = _flights.RunAsync("a", Work, impatience.Token);
        var other = _flights.RunAsync("a", Work);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        gate.SetResult();
        var result = await other;

        Assert.Equal(5, result.Value);
        Assert.False(result.Led);
        Assert.False(wasCancelled);

        async Task<int> Work(CancellationToken abandoned)
        {
            await gate.Task;
            wasCancelled = abandoned.IsCancellationRequested;
            return 5;
        }
    }

    [Fact]
    public async Task The_work_is_cancelled_when_its_last_waiter_has_gone_and_the_next_caller_starts_anew()
    {
        var cancelled = new TaskCompletionSource();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var one = _flights.RunAsync("a", Endless, first.Token);
        var two = _flights.RunAsync("a", Endless, second.Token);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(cancelled.Task.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var next = await _flights.RunAsync("a", _ => Task.FromResult(9));
        Assert.True(next.Led);
        Assert.Equal(9, next.Value);

        async Task<int> Endless(CancellationToken abandoned)
        {
            abandoned.Register(() => cancelled.SetResult());
            await Task.Delay(Timeout.Infinite, abandoned);
            return 0;
        }
    }

    [Fact]
    public async Task A_failure_is_shared_by_those_who_waited_and_not_remembered()
    {
        var gate = new TaskCompletionSource();
        var calls = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => _flights.RunAsync("a", async _ =>
        {
            calls++;
            await gate.Task;
            throw new InvalidDataException("broken");
        })).ToArray();

        gate.SetResult();
        foreach (var caller in callers)
        {
            Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => caller)).Message);
        }

        Assert.Equal(1, calls);
        Assert.Equal(3, (await _flights.RunAsync("a", _ => Task.FromResult(3))).Value);
    }

    [Fact]
    public async Task Work_that_throws_before_it_awaits_fails_its_callers()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _flights.RunAsync("a", _ => throw new InvalidOperationException()));
        Assert.Equal(0, _flights.Count);
    }

    [Fact]
    public async Task A_caller_cancelled_beforehand_starts_nothing()
    {
        var calls = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _flights.RunAsync(
            "a", _ => Task.FromResult(++calls), new CancellationToken(canceled: true)));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task The_leaders_execution_context_flows_into_the_work()
    {
        var ambient = new AsyncLocal<string> { Value = "leader" };
        var seen = await _flights.RunAsync("a", _ => Task.FromResult(ambient.Value == "leader" ? 1 : 0));
        Assert.Equal(1, seen.Value);
    }

    [Fact]
    public async Task Work_may_run_flights_of_other_keys_and_share_them()
    {
        var gate = new TaskCompletionSource();
        var leaves = 0;
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _flights.RunAsync("top" + i, async _ =>
        {
            var leaf = _flights.RunAsync("leaf", async _ =>
            {
                Interlocked.Increment(ref leaves);
                await gate.Task;
                return 10;
            });
            if (i == 7)
            {
                gate.SetResult();
            }

            return (await leaf).Value + i;
        })).ToArray());

        Assert.Equal(Enumerable.Range(10, 8), results.Select(r => r.Value));
        Assert.True(leaves is >= 1 and <= 8);
    }

    [Fact]
    public async Task Flights_that_would_wait_for_each_other_in_a_circle_run_alone_instead()
    {
        var bothFly = new TaskCompletionSource();
        var flying = 0;
        var a = _flights.RunAsync("a", async _ =>
        {
            await Take();
            return 1 + (await _flights.RunAsync("b", _ => Task.FromResult(100))).Value;
        });
        var b = _flights.RunAsync("b", async _ =>
        {
            await Take();
            return 2 + (await _flights.RunAsync("a", _ => Task.FromResult(200))).Value;
        });

        var results = await Task.WhenAll(a, b).WaitAsync(TimeSpan.FromSeconds(30));
        // One of the two met the circle and ran its own work; the other waited for it.
        Assert.True(
            (results[0].Value, results[1].Value) is (101, 103) or (203, 202),
            $"{results[0].Value}, {results[1].Value}");

        Task Take()
        {
            if (Interlocked.Increment(ref flying) == 2)
            {
                bothFly.SetResult();
            }

            return bothFly.Task;
        }
    }

    [Fact]
    public async Task Work_that_asks_for_its_own_key_runs_it_alone()
    {
        var result = await _flights.RunAsync("a", async _ => 1 + (await _flights.RunAsync("a", _ => Task.FromResult(1))).Value)
            .WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, result.Value);
    }

    [Fact]
    public async Task Work_never_runs_beside_work_of_the_same_key()
    {
        var running = 0;
        var overlaps = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await _flights.RunAsync("k" + (i % 3), async _ =>
                {
                    await Task.Yield();
                    return i;
                });
                await _flights.RunAsync("same", async _ =>
                {
                    if (Interlocked.Increment(ref running) != 1)
                    {
                        Interlocked.Increment(ref overlaps);
                    }

                    await Task.Yield();
                    Interlocked.Decrement(ref running);
                    return i;
                });
            }
        })));

        Assert.Equal(0, overlaps);
        Assert.Equal(0, _flights.Count);
    }
}
