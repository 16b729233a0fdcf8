using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class DataTypeCatalogTests
{
    private static readonly string[] BuiltIn =
    [
        "OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT", "CPI_INDEX", "PCE_INDEX", "FED_FUNDS", "SOFR", "TREASURY_3M", "TREASURY_6M",
        "TREASURY_1Y", "TREASURY_2Y", "TREASURY_5Y", "TREASURY_10Y", "TREASURY_20Y", "TREASURY_30Y", "TIPS_5Y", "TIPS_10Y", "TIPS_30Y",
        "TOTAL_RETURN", "SIMPLE_RETURN", "LOG_RETURN", "EXCESS_RETURN", "INFLATION_RATE", "REAL_RISK_FREE", "TERM_PREMIUM",
    ];

    [Theory]
    [InlineData("frequency: monthly, sources: { Fred: UNRATE }", 5 * 365)]
    [InlineData("frequency: weekly, sources: { Fred: ICSA }", 5 * 365)]
    [InlineData("frequency: monthly, revision_window: 0, sources: { Fred: UNRATE }", null)]
    [InlineData("frequency: monthly, revision_window: 30d, sources: { Fred: UNRATE }", 30)]
    [InlineData("frequency: daily, sources: { Fred: DGS7 }", null)]
    [InlineData("frequency: monthly, providers: [Csv]", null)]
    public void What_FRED_publishes_less_often_than_daily_is_revised_unless_the_type_says_otherwise(string text, int? days)
    {
        var type = DataTypeCatalog.Parse($"data_types:\n  OWN: {{ description: x, {text} }}\n", "test.yaml").Get("OWN");
        Assert.Equal(days, (int?)type.RevisionWindow?.TotalDays);
    }

    [Fact]
    public void A_type_says_how_late_its_rows_come() =>
        Assert.Equal(12, DataTypeCatalog.Parse("data_types:\n  OWN: { description: x, absent_sessions: 12, providers: [Csv] }\n", "test.yaml").Get("OWN").AbsentSessions);

    [Fact]
    public void The_catalog_holds_every_built_in_data_type_in_order() => Assert.Equal(BuiltIn, DataTypeCatalog.Default.Names);

    [Theory]
    [InlineData("OHLCV", 300, 86400)]
    [InlineData("ADJUSTED_CLOSE", 86400, 86400)]
    [InlineData("DIVIDEND", 604800, 604800)]
    [InlineData("CPI_INDEX", 86400, 86400)]
    [InlineData("TREASURY_3M", 3600, 3600)]
    [InlineData("TOTAL_RETURN", 1800, 1800)]
    [InlineData("INFLATION_RATE", 3600, 3600)]
    public void The_shipped_ttls_are_those_that_were_asked_for(string name, int marketHours, int afterHours)
    {
        var ttl = DataTypeCatalog.Default.Get(name).Ttl;
        Assert.Equal(new TtlOptions(TimeSpan.FromSeconds(marketHours), TimeSpan.FromSeconds(afterHours)), ttl);
    }

    [Theory]
    [InlineData("CPI_INDEX", "CPIAUCSL", 1)]
    [InlineData("PCE_INDEX", "PCEPI", 1)]
    [InlineData("FED_FUNDS", "DFF", 100)]
    [InlineData("SOFR", "SOFR", 100)]
    [InlineData("TREASURY_3M", "DGS3MO", 100)]
    [InlineData("TREASURY_30Y", "DGS30", 100)]
    [InlineData("TIPS_10Y", "DFII10", 100)]
    public void Rates_and_macro_series_come_from_FRED_by_their_id(string name, string id, double divisor)
    {
        var type = DataTypeCatalog.Default.Get(name);
        Assert.Equal(["Fred"], type.Providers);
        Assert.Equal(new DataTypeSource(id, divisor), type.Sources["fred"]);
        Assert.False(type.NeedsTicker);
        Assert.NotNull(type.Calendar);
    }

    [Fact]
    public void Every_entry_is_complete()
    {
        foreach (var type in DataTypeCatalog.Default.All)
        {
            Assert.False(string.IsNullOrWhiteSpace(type.Description), type.Name);
            Assert.EndsWith(".", type.Description, StringComparison.Ordinal);
            Assert.True(Frequency.TryParse(type.NativeFrequency, out _), type.Name);
            Assert.Equal("Date", type.Columns[0]);
            Assert.Contains(type.ValueColumn, type.Columns);
            Assert.Equal(TimeSpan.Zero, type.Settle);
            Assert.True(type.NeedsTicker == type.Calendar is null, type.Name);
            Assert.True(type.Computed is null == type.Providers.Count > 0, type.Name);
        }
    }

    [Fact]
    public void Inputs_of_computed_types_are_types_from_providers_for_every_allowed_parameter()
    {
        foreach (var type in DataTypeCatalog.Default.All.Where(t => t.Computed is not null))
        {
            var computed = type.Computed!;
            foreach (var parameter in computed.Parameters)
            {
                foreach (var value in parameter.Allowed)
                {
                    var resolved = computed.ResolveParameters(new Dictionary<string, string> { [parameter.Name] = value });
                    Assert.All(computed.ResolveInputs(resolved), input => Assert.Null(DataTypeCatalog.Default.Get(input).Computed));
                }
            }

            Assert.NotEmpty(computed.Expression);
        }
    }

    [Fact]
    public void Revision_windows_are_five_years_for_price_indices_and_absent_elsewhere()
    {
        Assert.Equal(
            ["CPI_INDEX", "PCE_INDEX"],
            DataTypeCatalog.Default.All.Where(t => t.RevisionWindow == TimeSpan.FromDays(5 * 365.25)).Select(t => t.Name));
        Assert.Equal(2, DataTypeCatalog.Default.All.Count(t => t.RevisionWindow is not null));
    }

    [Theory]
    [InlineData("ohlcv")]
    [InlineData("Ohlcv")]
    public void Names_are_found_without_regard_to_case(string name) => Assert.Equal("OHLCV", DataTypeCatalog.Default.Get(name).Name);

    [Theory]
    [InlineData("OHLC", "OHLCV")]
    [InlineData("DIVIDENDS", "DIVIDEND")]
    [InlineData("TRESURY_3M", "TREASURY_3M")]
    [InlineData("CPI", "CPI_INDEX")]
    public void An_unknown_name_is_answered_with_the_nearest(string name, string nearest)
    {
        var error = Assert.Throws<MarketDataException>(() => DataTypeCatalog.Default.Get(name));
        Assert.Equal("UnknownDataType", error.ErrorId);
        Assert.Equal(name, error.Target);
        Assert.Contains($"'{nearest}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_parameter_or_value_is_refused_by_name()
    {
        var inflation = DataTypeCatalog.Default.Get("INFLATION_RATE").Computed!;
        var value = Assert.Throws<MarketDataException>(() => inflation.ResolveParameters(new Dictionary<string, string> { ["Method"] = "yoyo" }));
        Assert.Equal("InvalidParameter", value.ErrorId);
        Assert.Contains("'yoy'", value.Message, StringComparison.Ordinal);
        var name = Assert.Throws<MarketDataException>(() => inflation.ResolveParameters(new Dictionary<string, string> { ["mode"] = "yoy" }));
        Assert.Contains("method", name.Message, StringComparison.Ordinal);
        Assert.Equal("mom", inflation.ResolveParameters(new Dictionary<string, string> { ["METHOD"] = "MoM" })["method"]);
    }

    [Fact]
    public void Configuration_changes_entries_and_adds_new_ones()
    {
        var options = MarketCacheOptions.Default with
        {
            TtlByDataType = new Dictionary<string, TtlOptions>(StringComparer.OrdinalIgnoreCase)
            {
                ["ohlcv"] = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
            },
            ProvidersByDataType = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { ["OHLCV"] = ["Tiingo", "Yahoo"] },
            DataTypes = new Dictionary<string, DataTypeDefinition>(StringComparer.OrdinalIgnoreCase)
            {
                ["OHLCV"] = DataTypeCatalog.Default.Get("OHLCV") with { Settle = TimeSpan.FromHours(3) },
                ["UNEMPLOYMENT"] = DataTypeCatalog.Default.Get("CPI_INDEX") with { Name = "UNEMPLOYMENT" },
            },
        };

        var catalog = options.MakeCatalog();

        var bars = catalog.Get("OHLCV");
        Assert.Equal(TimeSpan.FromHours(3), bars.Settle);
        Assert.Equal(TimeSpan.FromSeconds(2), bars.Ttl.AfterHours);
        Assert.Equal(["Tiingo", "Yahoo"], bars.Providers);
        Assert.Equal("Close", bars.ValueColumn);
        Assert.Equal(["Fred"], catalog.Get("unemployment").Providers);
        Assert.Equal(TimeSpan.Zero, DataTypeCatalog.Default.Get("OHLCV").Settle);
        Assert.Same(DataTypeCatalog.Default, MarketCacheOptions.Default.MakeCatalog());
    }
}
