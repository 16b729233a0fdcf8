using MarketCache.Engine.Configuration;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>What becomes of answers that are not as they should be: good rows stay good.</summary>
public sealed class OddAnswerTests
{
    [Fact]
    public async Task Unsorted_and_repeated_rows_are_sorted_and_the_last_of_each_stays()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        bench.Provider.Answer = _ => Bars(("2018-09-14", 5), ("2018-09-12", 2), ("2018-09-13", 3), ("2018-09-12", 7));
        var rows = (await bench.GetAsync("2018-09-12", "2018-09-14")).Rows;
        Assert.Equal([Day("2018-09-12"), Day("2018-09-13"), Day("2018-09-14")], rows.Column<DateOnly>("Date").Values.ToArray());
        Assert.Equal([7.0, 3, 5], rows.Column<double>("Close").Values.ToArray());
    }

    [Fact]
    public async Task Rows_outside_the_asked_range_are_dropped_the_live_price_after_the_end_too()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        bench.Provider.Answer = _ => Bars(("2018-09-10", 1), ("2018-09-11", 2), ("2018-09-12", 3), ("2018-09-14", 9));
        var answer = await bench.GetAsync("2018-09-11", "2018-09-12");
        Assert.Equal([2.0, 3], answer.Rows.Column<double>("Close").Values.ToArray());
        bench.Provider.Answer = bench.Exchange.AnswerBars;
        var later = await bench.GetAsync("2018-09-10", "2018-09-10");
        Assert.Equal(1, later.Status.RowsFromProvider);
    }

    [Fact]
    public async Task Rows_on_days_that_the_calendar_calls_closed_are_kept()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        bench.Provider.Answer = _ => Bars(("2018-09-07", 1), ("2018-09-08", 2), ("2018-09-10", 3));
        Assert.Equal(3, (await bench.GetAsync("2018-09-07", "2018-09-10")).Rows.RowCount);
        Assert.Equal(3, (await bench.GetAsync("2018-09-07", "2018-09-10")).Rows.RowCount);
        Assert.Equal(1, bench.Provider.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_last_bar_without_a_value_is_provisional(bool isNull)
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        bench.Provider.Answer = r =>
        {
            var bars = bench.Exchange.Bars(r.Start, r.End, r.Now);
            var close = bars.Column<double>("Close").Values.ToArray();
            var valid = close.Select(_ => true).ToArray();
            close[^1] = double.NaN;
            valid[^1] = !isNull;
            return new ProviderResponse { Series = [new ProviderSeries("OHLCV", new MarketTable(bars.Columns[0], MarketColumn.OfDoubles("Close", close, valid)))] };
        };
        var answer = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(1, answer.Status.ProvisionalRows);

        bench.Provider.Answer = r => new ProviderResponse
        {
            Series = [new ProviderSeries("OHLCV", new MarketTable(bench.Exchange.Bars(r.Start, r.End, r.Now).Columns[0], bench.Exchange.Bars(r.Start, r.End, r.Now)["Close"]))],
        };
        bench.Clock.Advance(TimeSpan.FromDays(1));
        var mended = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[1].Start);
        Assert.Equal(0, mended.Status.ProvisionalRows);
        Assert.False(double.IsNaN(mended.Rows.Column<double>("Close")[4]));
    }

    [Fact]
    public async Task Fewer_rows_than_asked_leave_final_rows_as_they_were()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        var good = await bench.GetAsync("2018-09-04", "2018-09-14");
        bench.Provider.Answer = r => Bars(("2018-09-05", Day("2018-09-05").DayNumber + 1));
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var forced = await bench.GetAsync("2018-09-04", "2018-09-14", policy: FetchPolicy.Refresh);
        Assert.Equal(good.Rows.RowCount, forced.Rows.RowCount);
    }

    [Fact]
    public async Task An_answer_without_a_date_is_refused_and_nothing_is_cached()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        bench.Provider.Answer = _ => new ProviderResponse { Series = [new ProviderSeries("OHLCV", new MarketTable(MarketColumn.OfDoubles("Close", [1, 2])))] };
        var error = await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-09-04", "2018-09-14"));
        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        bench.Provider.Answer = bench.Exchange.AnswerBars;
        Assert.Equal(9, (await bench.GetAsync("2018-09-04", "2018-09-14")).Status.RowsFromProvider);
    }

    [Fact]
    public async Task An_answer_with_nothing_where_a_series_belongs_is_the_provider_s_failure()
    {
        await using var bench = new Bench("2018-09-14T21:00:00Z");
        foreach (var series in new ProviderSeries[] { null!, new("OHLCV", null!), new(null!, MarketTable.Empty) })
        {
            bench.Provider.Answer = _ => new ProviderResponse { Series = [series] };
            var error = await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-09-04", "2018-09-14"));
            Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        }

        bench.Provider.Answer = _ => throw new OperationCanceledException();
        await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-09-04", "2018-09-14"));
    }

    [Fact]
    public async Task A_provider_that_fails_is_stood_in_for_by_cached_rows_that_say_so()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z");
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.SetClock("2018-09-17T15:00:00Z");
        bench.Provider.Answer = _ => throw new ProviderException(ProviderErrorKind.Unavailable, "The service is down.");
        var stale = await bench.GetAsync("2018-09-10", "2018-09-17");
        Assert.True(stale.Status.IsStale);
        Assert.Equal(5, stale.Rows.RowCount);
        Assert.Equal(1, stale.Status.MissingSessions);
        Assert.Contains("2018-09-17", Assert.Single(stale.Status.Warnings), StringComparison.Ordinal);

        // Past the bound a row that was never final no longer stands in.
        bench.Clock.Advance(bench.Options.Freshness.StaleIfError + TimeSpan.FromDays(2));
        Assert.Equal(4, (await bench.GetAsync("2018-09-10", "2018-09-17")).Rows.RowCount);
        await Assert.ThrowsAsync<ProviderException>(async () => await bench.GetAsync("2018-09-17", "2018-09-18"));
    }

    [Fact]
    public async Task A_stale_row_may_be_served_while_one_refresh_runs_in_the_background()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", o => o with { Freshness = o.Freshness with { StaleWhileRevalidate = TimeSpan.FromMinutes(10) } });
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(400));
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = _ => gate.Task;
        var first = await bench.GetAsync("2018-09-10", "2018-09-14");
        var second = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.True(first.Status.IsStale && second.Status.IsStale);
        Assert.Equal(0, first.Status.ProviderCalls);
        gate.SetResult();
        await bench.Cache.Rooms.WhenIdle();
        Assert.Equal(2, bench.Provider.Calls);
        Assert.False((await bench.GetAsync("2018-09-10", "2018-09-14")).Status.IsStale);

        // Past its bound nobody is served the stale row.
        bench.Clock.Advance(TimeSpan.FromSeconds(300 + 601));
        Assert.False((await bench.GetAsync("2018-09-10", "2018-09-14")).Status.IsStale);
        Assert.Equal(3, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_process_that_ends_after_its_answer_waits_for_the_refresh_it_began()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", o => o with { Freshness = o.Freshness with { StaleWhileRevalidate = TimeSpan.FromMinutes(10) } });
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(400));
        var gate = new TaskCompletionSource();
        bench.Provider.Gate = _ => gate.Task;
        Assert.True((await bench.GetAsync("2018-09-10", "2018-09-14")).Status.IsStale);

        var closing = bench.Cache.DisposeAsync().AsTask();
        gate.SetResult();
        await closing;
        await bench.RestartAsync();

        var next = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.False(next.Status.IsStale);
        Assert.Equal(0, next.Status.ProviderCalls);
    }

    [Fact]
    public async Task An_eager_refresh_runs_once_in_the_last_fifth_of_a_row_s_life()
    {
        await using var bench = new Bench("2018-09-14T15:00:00Z", o => o with { Freshness = o.Freshness with { EagerRefresh = true } });
        await bench.GetAsync("2018-09-10", "2018-09-14");
        bench.Clock.Advance(TimeSpan.FromSeconds(239));
        await bench.GetAsync("2018-09-10", "2018-09-14");
        await bench.Cache.Rooms.WhenIdle();
        Assert.Equal(1, bench.Provider.Calls);

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var hit = await bench.GetAsync("2018-09-10", "2018-09-14");
        Assert.Equal(0, hit.Status.ProviderCalls);
        Assert.False(hit.Status.IsStale);
        await bench.Cache.Rooms.WhenIdle();
        await bench.GetAsync("2018-09-10", "2018-09-14");
        await bench.Cache.Rooms.WhenIdle();
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[1].Start);
    }

    private static ProviderResponse Bars(params (string Day, double Close)[] rows) => new()
    {
        Series =
        [
            new ProviderSeries("OHLCV", new MarketTable(
                MarketColumn.OfDates("Date", [.. rows.Select(r => Day(r.Day))]), MarketColumn.OfDoubles("Close", [.. rows.Select(r => r.Close)]))),
        ],
    };
}
