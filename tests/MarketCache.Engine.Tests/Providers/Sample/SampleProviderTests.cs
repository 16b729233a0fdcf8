using MarketCache.Engine.Providers.Sample;

namespace MarketCache.Engine.Tests.Providers.Sample;

public sealed class SampleProviderTests
{
    private readonly SampleProvider _provider = new();

    [Fact]
    public async Task It_says_that_its_values_are_synthetic()
    {
        var response = await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-01-01", "2024-01-31"), default);

        Assert.True(_provider.Capabilities.IsSynthetic);
        Assert.True(_provider.Capabilities.IsLocal);
        Assert.Contains(response.Warnings, w => w.Contains("synthetic", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_numbers_are_the_same_on_every_platform()
    {
        var response = await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-03-04", "2024-03-04"), default);

        var rows = response.Rows("OHLCV");
        Assert.Equal("126.25 127.52 125.52 126.46 36923040", string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{rows["Open"].GetValue(0)} {rows["High"].GetValue(0)} {rows["Low"].GetValue(0)} {rows["Close"].GetValue(0)} {rows["Volume"].GetValue(0)}"));
    }

    [Theory]
    [InlineData("daily")]
    [InlineData("weekly")]
    [InlineData("monthly")]
    [InlineData("quarterly")]
    [InlineData("annual")]
    public async Task A_row_is_the_same_whatever_range_is_asked(string frequency)
    {
        var whole = (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", frequency: frequency), default)).Series;
        foreach (var (start, end) in new[] { ("1995-05-01", "1999-03-15"), ("2015-02-11", "2015-07-31"), ("2026-10-05", "2026-12-01") })
        {
            var part = (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", start, end, frequency: frequency), default)).Series;

            Assert.Equal(whole.Count, part.Count);
            for (var i = 0; i < part.Count; i++)
            {
                var dates = whole[i].Rows.Dates();
                var rows = Enumerable.Range(0, dates.Length).Where(r => dates[r] >= Requests.Day(start) && dates[r] <= Requests.Day(end)).ToArray();
                Assert.True(whole[i].Rows.Take(rows).ContentEquals(part[i].Rows), whole[i].DataType);
            }
        }
    }

    [Fact]
    public async Task Bars_are_possible_bars()
    {
        var response = await _provider.FetchAsync(Requests.Of("OHLCV", "XYZ"), default);

        var rows = response.Rows("OHLCV");
        Assert.True(rows.RowCount > 9000);
        double[] open = rows.Doubles("Open"), high = rows.Doubles("High"), low = rows.Doubles("Low"), close = rows.Doubles("Close");
        for (var i = 0; i < rows.RowCount; i++)
        {
            Assert.True(low[i] > 0 && low[i] <= Math.Min(open[i], close[i]) && high[i] >= Math.Max(open[i], close[i]));
        }

        Assert.Equal(1, response.Rows("SPLIT").RowCount);
        Assert.InRange(response.Rows("DIVIDEND").RowCount, 140, 150);
        Assert.Equal(close[^1], response.Rows("ADJUSTED_CLOSE").Doubles("Value")[^1], 4);
        Assert.True(response.Rows("ADJUSTED_CLOSE").Doubles("Value")[0] < close[0]);
    }

    [Fact]
    public async Task A_session_that_has_not_opened_has_no_row_and_an_open_one_a_partial_bar()
    {
        async Task<MarketTable> At(string now) =>
            (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-03-05", "2024-03-06", now), default)).Rows("OHLCV");

        var before = await At("2024-03-06T14:00:00Z");
        var during = await At("2024-03-06T17:00:00Z");
        var after = await At("2024-03-06T21:00:00Z");

        Assert.Equal(1, before.RowCount);
        Assert.Equal(2, during.RowCount);
        Assert.Equal(during.Doubles("Open")[1], after.Doubles("Open")[1]);
        Assert.True(during.Column<long>("Volume")[1] < after.Column<long>("Volume")[1]);
        Assert.True(during.Doubles("High")[1] <= after.Doubles("High")[1]);
        Assert.True(after.ContentEquals(await At("2025-03-06T21:00:00Z")));
    }

    [Fact]
    public async Task A_split_rescales_what_came_before_once_it_is_done()
    {
        var split = (await _provider.FetchAsync(Requests.Of("SPLIT", "DEMO"), default)).Rows("SPLIT");
        var day = split.Dates()[0];
        var ratio = split.Doubles("Value")[0];
        async Task<ProviderResponse> At(DateOnly on) => await _provider.FetchAsync(
            Requests.Of("OHLCV", "DEMO", "2005-01-03", "2005-01-31") with { Now = on.ToDateTime(new TimeOnly(22, 0), DateTimeKind.Utc) }, default);

        var before = await At(day.AddDays(-1));
        var after = await At(day);

        Assert.Equal(
            before.Rows("OHLCV").Doubles("Close"),
            after.Rows("OHLCV").Doubles("Close").Select(c => Math.Round(c * ratio, 2)));
        Assert.Equal(before.Rows("OHLCV").Dates(), after.Rows("OHLCV").Dates());
    }

    [Fact]
    public async Task Minutes_hours_and_weeks_agree_with_days()
    {
        var day = (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-03-04", "2024-03-08"), default)).Rows("OHLCV");
        var week = (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-03-04", "2024-03-08", frequency: "weekly"), default)).Rows("OHLCV");
        foreach (var frequency in new[] { "1m", "5m", "1h" })
        {
            var minutes = (await _provider.FetchAsync(Requests.Of("OHLCV", "DEMO", "2024-03-04", "2024-03-08", frequency: frequency), default)).Rows("OHLCV");

            Assert.Equal(day.Doubles("High").Max(), minutes.Doubles("High").Max());
            Assert.Equal(day.Doubles("Low").Min(), minutes.Doubles("Low").Min());
            Assert.Equal(day.Doubles("Open")[0], minutes.Doubles("Open")[0]);
            Assert.Equal(day.Doubles("Close")[^1], minutes.Doubles("Close")[^1]);
            Assert.Equal(day.Column<long>("Volume").Values.ToArray().Sum(), minutes.Column<long>("Volume").Values.ToArray().Sum());
        }

        Assert.Equal(day.Doubles("High").Max(), week.Doubles("High")[0]);
        Assert.Equal(day.Doubles("Close")[^1], week.Doubles("Close")[0]);
    }

    [Theory]
    [InlineData("TREASURY_10Y", "daily")]
    [InlineData("TREASURY_10Y", "monthly")]
    [InlineData("CPI_INDEX", "monthly")]
    public async Task A_macro_row_is_the_same_whatever_range_is_asked(string dataType, string frequency)
    {
        var whole = (await _provider.FetchAsync(Requests.Of(dataType, null, frequency: frequency), default)).Rows(dataType);
        var part = (await _provider.FetchAsync(Requests.Of(dataType, null, "2015-02-11", "2015-07-13", frequency: frequency), default)).Rows(dataType);

        var dates = whole.Dates();
        int[] rows = [.. Enumerable.Range(0, dates.Length).Where(r => dates[r] >= Requests.Day("2015-02-11") && dates[r] <= Requests.Day("2015-07-13"))];
        Assert.NotEmpty(rows);
        Assert.True(whole.Take(rows).ContentEquals(part));
    }

    [Theory]
    [InlineData("TREASURY_3M", "fraction", 0, 0.2)]
    [InlineData("CPI_INDEX", "index", 100, 1000)]
    public async Task Macro_series_have_plausible_values(string dataType, string unit, double low, double high)
    {
        var series = Assert.Single((await _provider.FetchAsync(Requests.Of(dataType, null, "2015-01-01"), default)).Series);

        Assert.Equal(unit, series.Unit);
        Assert.True(series.Rows.RowCount > 100);
        Assert.All(series.Rows.Doubles("Value"), v => Assert.InRange(v, low, high));
    }

    [Theory]
    [InlineData("OHLCV", "no such", ProviderErrorKind.NotFound)]
    [InlineData("OHLCV", null, ProviderErrorKind.BadRequest)]
    [InlineData("EARNINGS", "DEMO", ProviderErrorKind.BadRequest)]
    public async Task What_it_does_not_have_it_refuses(string dataType, string? ticker, ProviderErrorKind kind)
    {
        var error = await Assert.ThrowsAsync<ProviderException>(() => _provider.FetchAsync(Requests.Of(dataType, ticker), default));

        Assert.Equal(kind, error.Kind);
    }
}
