using MarketCache.Engine.DataTypes;
using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>When a provider rewrites history, rows of before and after never stand in one answer.</summary>
public sealed class EpochTests
{
    [Fact]
    public async Task A_new_dividend_makes_older_adjusted_closes_be_fetched_anew()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        await bench.GetAsync("2018-06-01", "2018-09-14");

        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-09-17")] = 0.73;
        bench.Provider.Answer = r => Rewritten(bench, r, offset: -100);
        bench.Provider.Forget();
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");

        // One call reveals the dividend, a second brings the history in its new form.
        Assert.Equal(2, bench.Provider.Calls);
        var expected = bench.Exchange.Values(Day("2018-06-01"), Day("2018-09-17"), bench.Now).Column<double>("Value").Values.ToArray();
        Assert.Equal([.. expected.Select(v => v - 100)], answer.Rows.Column<double>("Value").Values.ToArray());

        bench.Provider.Forget();
        await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");
        await bench.GetAsync("2018-06-01", "2018-09-17"); // bars are not adjusted for dividends: nothing of them was lost
        Assert.Equal(0, bench.Provider.Calls);
    }

    [Fact]
    public async Task A_known_final_row_that_differs_ends_the_epoch()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Offset = 1000;
        bench.Provider.Forget();
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");

        Assert.Equal(Day("2018-09-14"), bench.Provider.Requests[0].Start);
        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Values(Day("2018-06-01"), Day("2018-09-17"), bench.Now)));
    }

    [Fact]
    public async Task A_rewritten_history_shows_although_the_last_session_had_no_row()
    {
        // The row that is missing is not wanted yet, so that the fetch begins after it.
        await using var bench = Charts("2018-09-14T21:00:00Z", TimeSpan.FromDays(30));
        bench.Provider.Answer = r => Without(bench.Exchange.AnswerAll(r), Day("2018-09-14"));
        await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        bench.SetClock("2018-09-17T20:00:00Z");
        bench.Exchange.Offset = 1000;
        bench.Provider.Answer = bench.Exchange.AnswerAll;
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");
        var values = answer.Rows.Column<double>("Value").Values.ToArray();
        var days = answer.Rows.Column<DateOnly>("Date").Values.ToArray();
        Assert.Single(values.Zip(days, (v, d) => v - d.DayNumber).Distinct());
    }

    [Fact]
    public async Task A_history_that_cannot_be_fetched_anew_is_kept_whole_and_never_mixed()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        var before = await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Offset = 1000;
        bench.Provider.Answer = r => r.Start < Day("2018-09-14")
            ? throw new ProviderException(ProviderErrorKind.Unavailable, "down")
            : bench.Exchange.AnswerAll(r);
        var stale = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");

        Assert.True(stale.Status.IsStale);
        Assert.Equal(1, stale.Status.MissingSessions);
        Assert.True(stale.Rows.ContentEquals(before.Rows));

        bench.Provider.Answer = bench.Exchange.AnswerAll;
        var healed = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");
        Assert.True(healed.Rows.ContentEquals(bench.Exchange.Values(Day("2018-06-01"), Day("2018-09-17"), bench.Now)));
    }

    [Fact]
    public async Task A_provider_that_contradicts_itself_from_call_to_call_is_refused()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        var good = await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Provider.Answer = r =>
        {
            bench.Exchange.Offset += 10;
            return bench.Exchange.AnswerAll(r);
        };
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");
        Assert.True(answer.Rows.RowCount == good.Rows.RowCount || answer.Rows.RowCount == good.Rows.RowCount + 1);
        var values = answer.Rows.Column<double>("Value").Values.ToArray();
        var days = answer.Rows.Column<DateOnly>("Date").Values.ToArray();
        Assert.Single(values.Zip(days, (v, d) => v - d.DayNumber).Distinct());
    }

    [Fact]
    public async Task A_history_fetched_since_does_not_speak_for_one_fetched_before()
    {
        await using var bench = Charts("2018-09-10T21:00:00Z");
        await bench.GetAsync("2018-08-01", "2018-08-31", "ADJUSTED_CLOSE");

        // The provider rewrites everything without a word; older sessions than those held come first, then what lies between them.
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Offset = 1000;
        await bench.GetAsync("2018-05-01", "2018-05-31", "ADJUSTED_CLOSE");
        var answer = await bench.GetAsync("2018-05-01", "2018-08-31", "ADJUSTED_CLOSE");

        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Values(Day("2018-05-01"), Day("2018-08-31"), bench.Now)));
    }

    [Fact]
    public async Task A_call_for_other_days_looks_at_numbers_that_may_have_been_rescaled_late()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-08-01", "2018-09-14", "ADJUSTED_CLOSE");
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-09-17")] = 0.73;
        await bench.GetAsync("2018-08-01", "2018-09-17", "ADJUSTED_CLOSE");

        // Only days later does the provider take the dividend into account.
        bench.SetClock("2018-09-19T21:00:00Z");
        bench.Exchange.Offset = 1000;
        bench.Provider.Forget();
        await bench.GetAsync("2018-05-01", "2018-05-31", "ADJUSTED_CLOSE");
        Assert.Contains(bench.Provider.Requests, request => request.Start <= Day("2018-05-01") && request.End >= Day("2018-09-14"));
        var answer = await bench.GetAsync("2018-05-01", "2018-09-14", "ADJUSTED_CLOSE");

        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Values(Day("2018-05-01"), Day("2018-09-14"), bench.Now)));
    }

    [Fact]
    public async Task An_archive_from_before_a_rewritten_history_brings_none_of_it_back()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        await bench.GetAsync("2018-06-01", "2018-09-14", "ADJUSTED_CLOSE");
        var archive = Path.Combine(bench.Folder, "..", "archive.zip");
        bench.Cache.Archive.Export(archive, CacheFilter.All);
        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Offset = 1000;
        await bench.GetAsync("2018-09-03", "2018-09-17", "ADJUSTED_CLOSE");

        await bench.Cache.Archive.ImportAsync(archive, replace: false);
        bench.SetClock("2018-09-17T21:00:05Z");
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "ADJUSTED_CLOSE");

        Assert.True(answer.Rows.ContentEquals(bench.Exchange.Values(Day("2018-06-01"), Day("2018-09-17"), bench.Now)));
    }

    [Fact]
    public async Task Dividends_in_an_old_currency_go_although_the_answer_that_tells_of_the_new_one_has_none()
    {
        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-07-02")] = 0.50;
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { Currency = "GBP" };
        await bench.GetAsync("2018-06-01", "2018-09-14");

        bench.SetClock("2018-09-17T21:00:00Z");
        bench.Exchange.Dividends[Day("2018-07-02")] = 50;
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with { Currency = "GBp" };
        await bench.GetAsync("2018-09-17", "2018-09-17");
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "DIVIDEND");

        Assert.Equal([50.0], answer.Rows.Column<double>("Value").Values.ToArray());
        Assert.Equal("GBp", answer.Status.Unit);
    }

    [Fact]
    public async Task One_share_more_in_a_volume_as_traded_is_corrected_without_another_call()
    {
        var shares = 1000L;
        MarketTable Volumes(Bench b, ProviderRequest r)
        {
            var sessions = b.Exchange.Sessions(r.Start, r.End, r.Now);
            return new MarketTable(
                MarketColumn.OfDates("Date", [.. sessions.Select(s => s.Day)]), MarketColumn.OfLongs("Value", [.. sessions.Select(s => s.Day == Day("2018-09-14") ? shares : 5000)]));
        }

        await using var bench = Charts("2018-09-14T21:00:00Z");
        bench.Provider.Answer = r => new ProviderResponse { Series = [.. bench.Exchange.AnswerAll(r).Series, new ProviderSeries("VOLUME", Volumes(bench, r))] };
        await bench.GetAsync("2018-06-01", "2018-09-14");
        bench.SetClock("2018-09-17T21:00:00Z");
        shares++;
        bench.Provider.Forget();
        await bench.GetAsync("2018-06-01", "2018-09-17");
        var answer = await bench.GetAsync("2018-06-01", "2018-09-17", "VOLUME");

        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal(1001, answer.Rows.Column<long>("Value")[answer.Rows.RowCount - 2]);
        Assert.Equal(75, answer.Rows.RowCount);
    }

    [Fact]
    public async Task A_split_rewrites_bars_of_a_provider_that_adjusts_them()
    {
        await using var bench = Charts("2020-08-28T21:00:00Z");
        await bench.GetAsync("2020-01-02", "2020-08-28");
        bench.SetClock("2020-08-31T21:00:00Z");
        bench.Provider.Forget();
        bench.Provider.Answer = r => bench.Exchange.AnswerAll(r) with
        {
            Series =
            [
                .. bench.Exchange.AnswerAll(r).Series,
                new ProviderSeries("SPLIT", new MarketTable(
                    MarketColumn.OfDates("Date", [Day("2020-08-31")]), MarketColumn.OfDoubles("Value", [4.0]))),
            ],
        };
        await bench.GetAsync("2020-01-02", "2020-08-31");
        Assert.Equal(2, bench.Provider.Calls);
        Assert.Equal(Day("2020-01-02"), bench.Provider.Requests[1].Start);

        bench.Provider.Forget();
        bench.SetClock("2020-09-01T21:00:00Z");
        await bench.GetAsync("2020-01-02", "2020-09-01");
        Assert.Equal(1, bench.Provider.Calls);
    }

    private static ProviderResponse Without(ProviderResponse answer, DateOnly day) => answer with
    {
        Series =
        [
            .. answer.Series.Select(s => s with
            {
                Rows = s.Rows.Take([.. Enumerable.Range(0, s.Rows.RowCount).Where(i => s.Rows.Column<DateOnly>("Date")[i] != day)]),
            }),
        ],
    };

    private static Bench Charts(string now, TimeSpan? ttl = null) => new(
        now,
        o => o with
        {
            Memory = o.Memory with { DefaultTtlHours = 10_000 },
            TtlByDataType = ttl is { } t ? new Dictionary<string, TtlOptions>(StringComparer.OrdinalIgnoreCase) { ["ADJUSTED_CLOSE"] = new(t, t) } : o.TtlByDataType,
        },
        provider: m => new RecordingProvider(m.AnswerAll)
        {
            Capabilities = new ProviderCapabilities
            {
                IsLocal = true,
                Groups = [["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"]],
                Adjustments = new Dictionary<string, AdjustmentKinds>
                {
                    ["OHLCV"] = AdjustmentKinds.Splits,
                    ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
                },
            },
        });

    private static ProviderResponse Rewritten(Bench bench, ProviderRequest request, double offset)
    {
        var answer = bench.Exchange.AnswerAll(request);
        var values = answer.Series[1].Rows;
        var changed = new MarketTable(
            values.Columns[0],
            MarketColumn.OfDoubles("Value", [.. values.Column<double>("Value").Values.ToArray().Select(v => v + offset)]));
        return answer with { Series = [answer.Series[0], new ProviderSeries("ADJUSTED_CLOSE", changed), answer.Series[2]] };
    }
}
