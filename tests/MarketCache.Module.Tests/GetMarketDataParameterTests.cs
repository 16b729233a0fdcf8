using System.Management.Automation;

namespace MarketCache.Module.Tests;

public sealed class GetMarketDataParameterTests
{
    [Fact]
    public void Force_and_Offline_contradict_each_other()
    {
        using var session = new ModuleRunspace();

        var error = session.Run("Get-MarketData AAPL -Force -Offline").Error;

        Assert.Equal("ConflictingParameters,MarketCache.PowerShell.Commands.GetMarketDataCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Fact]
    public void The_error_of_a_provider_names_the_ticker_that_has_no_answer()
    {
        using var session = new ModuleRunspace();

        var error = session.Run("Get-MarketData BRK/B -Provider Sample -Last 5d").Error;

        Assert.StartsWith("BRK/B: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Last_and_Start_contradict_each_other()
    {
        using var session = new ModuleRunspace();

        var error = session.Run("Get-MarketData AAPL -Start 2024-01-01 -Last 5d").Error;

        Assert.StartsWith("ConflictingParameters,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3q")]
    [InlineData("mo")]
    [InlineData("0d")]
    [InlineData("-5d")]
    [InlineData("99999999999y")]
    [InlineData("٣d")]
    public void A_period_that_is_none_is_one_error_that_names_what_would_be(string period)
    {
        using var session = new ModuleRunspace();

        var error = session.Run("param($Last) Get-MarketData AAPL -Last $Last", period).Error;

        Assert.StartsWith("InvalidPeriod,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Equal("AAPL", error.TargetObject);
        Assert.Contains("30d", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_that_is_none_is_refused_at_binding()
    {
        using var session = new ModuleRunspace();

        var error = session.Run("Get-MarketData AAPL -Start yesterdayish").Error;

        Assert.Contains("yyyy-MM-dd", error.Exception.Message, StringComparison.Ordinal);
    }
}
