using CsCheck;
using MarketCache.Engine.Calendars;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>Random ranges in random order while the clock walks and calls fail: what comes back is what the provider would have said.</summary>
public sealed class EnginePropertyTests
{
    private static readonly Gen<Step[]> Walks = Gen.Select(
        Gen.Int[-200, 20], Gen.Int[0, 90], Gen.Int[0, 60 * 60 * 40], Gen.Int[0, 9], Gen.Int[0, 9],
        (start, length, seconds, fate, restart) => new Step(start, length, seconds, Fails: fate == 0, Restarts: restart == 0)).Array[1, 25];

    [Theory]
    [InlineData("2018-06-28T12:00:00Z")] // over 3 July, an early close
    [InlineData("2018-11-01T12:00:00Z")] // over the end of summer time and Thanksgiving
    [InlineData("2018-11-29T12:00:00Z")] // over a day of mourning and Christmas
    [InlineData("2018-03-05T12:00:00Z")] // over the start of summer time
    public void Answers_equal_the_provider_s_at_a_moment_the_rule_allows(string start) =>
        Walks.Sample(steps => WalkAsync(start, steps).GetAwaiter().GetResult(), iter: 4);

    private static async Task WalkAsync(string start, Step[] steps)
    {
        await using var bench = new Bench(start);
        var origin = DateOnly.FromDateTime(bench.Now);
        var held = new HashSet<DateOnly>();
        var lately = new Dictionary<DateOnly, DateTime>();
        foreach (var step in steps)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(step.Seconds));
            if (step.Restarts)
            {
                await bench.RestartAsync();
            }

            var isDown = step.Fails;
            bench.Provider.Answer = r => isDown ? throw new ProviderException(ProviderErrorKind.Unavailable, "down") : bench.Exchange.AnswerBars(r);
            bench.Provider.Forget();
            var (first, last) = (origin.AddDays(step.Start), origin.AddDays(step.Start + step.Length));
            var expected = bench.Exchange.Sessions(first, last, bench.Now);
            MarketSeries answer;
            try
            {
                answer = await bench.Cache.GetAsync(bench.Request($"{first:yyyy-MM-dd}", $"{last:yyyy-MM-dd}"));
            }
            catch (ProviderException) when (isDown)
            {
                continue;
            }

            if (!isDown || bench.Provider.Calls == 0)
            {
                CheckRows(bench, answer, expected);
                Assert.False(answer.Status.IsStale);
            }
            else
            {
                Assert.True(answer.Status.IsStale);
                continue;
            }

            CheckCalls(bench, expected, held, lately);
            bench.Provider.Forget();
            var again = await bench.Cache.GetAsync(bench.Request($"{first:yyyy-MM-dd}", $"{last:yyyy-MM-dd}"));
            Assert.Equal(0, bench.Provider.Calls);
            Assert.True(again.Rows.ContentEquals(answer.Rows));
        }
    }

    private static void CheckRows(Bench bench, MarketSeries answer, List<Session> expected)
    {
        Assert.Equal(expected.Select(s => s.Day), answer.Rows.RowCount == 0 ? [] : answer.Rows.Column<DateOnly>("Date").Values.ToArray());
        for (var row = 0; row < expected.Count; row++)
        {
            var session = expected[row];
            var open = answer.Rows.Column<double>("Open")[row];
            if (bench.Now >= session.Close)
            {
                Assert.Equal(bench.Exchange.Mark(session, session.Close), open);
                continue;
            }

            // While the session is open the mark tells when it was asked for.
            var askedAt = session.Open.AddSeconds(Math.Round((open - session.Day.DayNumber) * 1e6));
            Assert.InRange(bench.Now - askedAt, TimeSpan.Zero, TimeSpan.FromSeconds(300.5));
        }
    }

    private static void CheckCalls(Bench bench, List<Session> expected, HashSet<DateOnly> held, Dictionary<DateOnly, DateTime> lately)
    {
        var asked = bench.Provider.Requests.SelectMany(r => bench.Exchange.Sessions(r.Start, r.End, bench.Now)).Select(s => s.Day).ToList();
        Assert.Equal(asked.Count, asked.Distinct().Count());
        Assert.All(bench.Provider.Requests, r => Assert.True(expected.Any(s => s.Day == r.Start) && expected.Any(s => s.Day == r.End)));

        // Sessions that were final when they were last asked for are fetched again only as a bridge between two needs.
        bool IsFresh(Session s) => lately.TryGetValue(s.Day, out var at) && bench.Now < s.Close && bench.Now - at < TimeSpan.FromSeconds(300);
        var missing = expected.Where(s => !held.Contains(s.Day) && !IsFresh(s)).Select(s => s.Day).ToHashSet();
        Assert.All(missing, day => Assert.Contains(day, asked));
        Assert.All(bench.Provider.Requests, r => Assert.True(missing.Contains(r.Start) && missing.Contains(r.End)));
        asked.ForEach(day => lately[day] = bench.Now);
        held.UnionWith(expected.Where(s => bench.Now >= s.Close).Select(s => s.Day));
        Assert.True(missing.Count > 0 || bench.Provider.Calls == 0);
    }

    private sealed record Step(int Start, int Length, int Seconds, bool Fails, bool Restarts);
}
