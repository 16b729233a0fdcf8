using static MarketCache.Engine.Tests.Series.Bench;

namespace MarketCache.Engine.Tests.Series;

/// <summary>A forced fetch asks once for all of its range, whatever is known around it.</summary>
public sealed class ForceTests
{
    [Fact]
    public async Task A_forced_fetch_amid_final_rows_is_one_call()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z");
        await bench.GetAsync("2018-01-01", "2018-06-29");
        bench.Clock.Advance(TimeSpan.FromDays(1));
        bench.Provider.Forget();
        bench.Provider.Gate = _ => bench.Provider.Calls > 10 ? throw new InvalidOperationException("It asks for ever.") : Task.CompletedTask;

        var answer = await bench.GetAsync("2018-03-01", "2018-03-30", policy: FetchPolicy.Refresh);

        Assert.Equal(1, bench.Provider.Calls);
        Assert.Equal(answer.Rows.RowCount, answer.Status.RowsFromProvider);
    }

    [Fact]
    public async Task A_forced_computed_answer_is_one_call_amid_final_rows()
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", provider: m => new RecordingProvider(m.AnswerAll)
        {
            Capabilities = new ProviderCapabilities { IsLocal = true, Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]] },
        });
        await bench.GetAsync("2018-01-01", "2018-06-29", "TOTAL_RETURN");
        bench.Clock.Advance(TimeSpan.FromDays(1));
        bench.Provider.Forget();

        await bench.GetAsync("2018-03-01", "2018-03-30", "TOTAL_RETURN", FetchPolicy.Refresh);

        Assert.Equal(1, bench.Provider.Calls);
    }
}
