using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Tests.Series.Freshness;

/// <summary>The rule to the tick, for a period that closes at 100, is published 10 later and settled 5 after that.</summary>
public sealed class FreshnessRuleTests
{
    private const long Close = 100;
    private static readonly FreshnessRule s_rule = new(Lag: 10, Settle: 5, RevisionWindow: 0, AbsentPeriods: 7);

    [Theory]
    [InlineData(100, 0, false)]
    [InlineData(110, 0, false)]
    [InlineData(114, 0, false)]
    [InlineData(115, 0, true)]
    [InlineData(long.MaxValue, 0, true)]
    [InlineData(149, 50, false)]
    [InlineData(150, 50, true)]
    [InlineData(114, 1, false)] // beyond the window, but not settled
    [InlineData(115, 1, true)]
    public void A_row_is_final_once_it_was_fetched_settled_and_beyond_revision(long fetchedAt, long revisionWindow, bool isFinal) =>
        Assert.Equal(isFinal, (s_rule with { RevisionWindow = revisionWindow }).IsFinal(fetchedAt, Close));

    [Theory]
    [InlineData(50, 1000, 110)] // when it is published
    [InlineData(109, 1000, 110)]
    [InlineData(110, 1000, 115)] // when it is settled
    [InlineData(114, 1000, 115)]
    [InlineData(115, 1000, 1115)] // by the TTL alone
    [InlineData(50, 20, 70)] // the TTL ends first
    [InlineData(50, 60, 110)]
    [InlineData(111, 3, 114)]
    [InlineData(50, 0, 50)]
    [InlineData(115, long.MaxValue, long.MaxValue)]
    [InlineData(115, long.MaxValue - 115, long.MaxValue)]
    [InlineData(115, long.MaxValue - 116, long.MaxValue - 1)]
    [InlineData(50, long.MaxValue, 110)]
    public void A_row_that_is_not_final_expires_at_the_next_event_or_by_its_ttl(long fetchedAt, long ttl, long expiry) =>
        Assert.Equal(expiry, s_rule.Expiry(fetchedAt, Close, ttl));

    [Fact]
    public void Without_settling_the_bar_is_final_when_it_is_published()
    {
        var rule = s_rule with { Settle = 0 };

        Assert.Equal((false, true), (rule.IsFinal(109, Close), rule.IsFinal(110, Close)));
        Assert.Equal((110, 1110), (rule.Expiry(109, Close, 1000), rule.Expiry(110, Close, 1000)));
    }
}
