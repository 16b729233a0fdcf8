namespace MarketCache.Module.Tests;

/// <summary>What Get-MarketSession tells of calendars and their sessions.</summary>
public sealed class SessionTests
{
    [Fact]
    public void Sessions_leave_out_holidays_and_say_which_close_early()
    {
        using var module = new ModuleRunspace();
        var sessions = module.Get("Get-MarketSession XNYS -Start 2024-12-23 -End 2024-12-26").Select(o => (MarketSession)o.BaseObject).ToList();
        Assert.Equal([23, 24, 26], sessions.Select(s => s.Date.Day));
        Assert.Equal(new DateTime(2024, 12, 24, 18, 0, 0, DateTimeKind.Utc), sessions[1].Close);
        Assert.DoesNotContain(sessions, s => s.IsExpected);
    }

    [Fact]
    public void A_session_of_a_year_that_is_not_published_is_marked_and_the_calendar_says_until_when_it_is_known()
    {
        using var module = new ModuleRunspace();
        var state = (MarketState)module.Get("Get-MarketSession XHKG").Single().BaseObject;
        Assert.NotNull(state.KnownUntil);
        var after = state.KnownUntil.Value.AddDays(1);
        var sessions = module.Get($"Get-MarketSession XHKG -Start {after.AddDays(-10):yyyy-MM-dd} -End {after.AddDays(10):yyyy-MM-dd}").Select(o => (MarketSession)o.BaseObject).ToList();
        Assert.All(sessions, s => Assert.Equal(s.Date >= after, s.IsExpected));
        Assert.Contains(sessions, s => s.IsExpected);
    }
}
