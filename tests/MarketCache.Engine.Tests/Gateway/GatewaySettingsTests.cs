using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class GatewaySettingsTests
{
    private static GatewaySettings Parse(params (string Name, object Value)[] settings) => GatewaySettings.Parse(
        new ProviderOptions
        {
            Name = "P",
            Type = "Yahoo",
            SourceFile = "/home/me/cache_config.yaml",
            Settings = settings.ToDictionary(setting => setting.Name, setting => setting.Value),
        },
        []);

    internal static IReadOnlyList<BudgetLimit> FreeBudgetOf(string type) => BuiltInProviders.All.Single(provider => provider.Name == type).FreeBudget;

    private static Dictionary<string, object> Map(params (string Name, object Value)[] items) => items.ToDictionary(item => item.Name, item => item.Value);

    [Fact]
    public void Every_setting_is_understood()
    {
        var settings = Parse(
            ("enabled", "true"),
            ("budget", Map(("per_day", "500"), ("per_minute", "5"))),
            ("cost_per_call", "0.002"),
            ("timeout_seconds", "12.5"),
            ("retries", "4"),
            ("retry_delay_seconds", "1"),
            ("concurrency", "7"),
            ("max_wait_seconds", "90"),
            ("breaker", Map(("minimum_calls", "9"), ("failure_ratio", "0.75"), ("window_seconds", "120"), ("open_seconds", "45"))));

        Assert.Equal([new("minute", TimeSpan.FromMinutes(1), 5), new("day", TimeSpan.FromDays(1), 500)], settings.Budget);
        Assert.Equal(0.002m, settings.CostPerCall);
        Assert.Equal(TimeSpan.FromSeconds(12.5), settings.Timeout);
        Assert.Equal((4, 7), (settings.Retries, settings.Concurrency));
        Assert.Equal(TimeSpan.FromSeconds(90), settings.MaxWait);
        Assert.Equal(
            new BreakerSettings { MinimumCalls = 9, FailureRatio = 0.75, Window = TimeSpan.FromSeconds(120), OpenFor = TimeSpan.FromSeconds(45) },
            settings.Breaker);
    }

    [Fact]
    public void Without_settings_the_defaults_hold()
    {
        var settings = Parse();

        Assert.Equal(new GatewaySettings(), settings with { Budget = new GatewaySettings().Budget });
        Assert.Empty(settings.Budget);
    }

    [Theory]
    [InlineData("AlphaVantage", "5/minute 25/day")]
    [InlineData("Fred", "120/minute")]
    [InlineData("Tiingo", "50/hour 1000/day")]
    [InlineData("Yahoo", "")]
    public void Without_a_budget_that_of_the_free_plan_holds(string type, string budget)
    {
        var settings = GatewaySettings.Parse(new ProviderOptions { Name = "P", Type = type }, FreeBudgetOf(type));

        Assert.Equal(budget, string.Join(' ', settings.Budget.Select(limit => $"{limit.Calls}/{limit.Window}")));
        Assert.Equal(budget.Length > 0, settings.HasFreeBudget);
    }

    [Fact]
    public void A_configured_budget_replaces_that_of_the_free_plan_and_off_is_none()
    {
        GatewaySettings Of(object budget) => GatewaySettings.Parse(
            new ProviderOptions { Name = "P", Type = "AlphaVantage", Settings = new Dictionary<string, object> { ["budget"] = budget } }, FreeBudgetOf("AlphaVantage"));

        Assert.Equal([new("minute", TimeSpan.FromMinutes(1), 75)], Of(Map(("per_minute", "75"))).Budget);
        Assert.Empty(Of("off").Budget);
        Assert.Empty(Of(false).Budget);
        Assert.False(Of("off").HasFreeBudget);
    }

    public static TheoryData<string, object, string> Wrong { get; } = new()
    {
        { "budget", "5", "'budget'" },
        { "budget", "60/minute", "'budget'" },
        { "budget", Map(("per_minut", "5")), "did you mean 'per_minute'?" },
        { "budget", Map(("per_minute", "0")), "'budget.per_minute'" },
        { "budget", Map(("per_minute", "2.5")), "a whole number" },
        { "budget", Map(("per_minute", "many")), "not 'many'" },
        { "breaker", Map(("failure_ratio", "2")), "'breaker.failure_ratio'" },
        { "breaker", "maybe", "'breaker'" },
        { "cost_per_call", "-1", "an amount of money" },
        { "timeout_seconds", "NaN", "'timeout_seconds'" },
        { "retries", "-1", "'retries'" },
        { "concurrency", "0", "'concurrency'" },
        { "max_wait_seconds", "601", "from 0 to 600" },
        { "enabled", "perhaps", "true or false" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_refused_with_provider_file_setting_and_what_was_expected(string name, object value, string told)
    {
        var error = Assert.Throws<MarketDataException>(() => Parse((name, value)));

        Assert.Equal("InvalidProviderSettings", error.ErrorId);
        Assert.Equal("P", error.Target);
        Assert.Contains("/home/me/cache_config.yaml", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }
}
