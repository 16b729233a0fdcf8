using System.Management.Automation;
using MarketCache.PowerShell.Commands;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Module.Tests;

public sealed class ProgressMeterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<ProgressRecord> _written = [];
    private readonly ProgressMeter _meter;

    public ProgressMeterTests()
    {
        _meter = new ProgressMeter("Working", _time, Post, _written.Add);
        _meter.Expect(100);
    }

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Nothing_shows_in_the_first_half_second()
    {
        _meter.Waiting();
        Answer(TimeSpan.FromMilliseconds(499), step: TimeSpan.FromMilliseconds(1));

        Assert.Empty(_written);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Single(_written);
    }

    [Fact]
    public void At_most_five_updates_a_second_and_an_end()
    {
        _meter.Waiting();
        Answer(TimeSpan.FromSeconds(3), step: TimeSpan.FromMilliseconds(10));
        _meter.Show();
        _meter.Show();
        _meter.Complete();

        // Two and a half seconds after the quiet time.
        Assert.InRange(_written.Count, 12, 14);
        Assert.Equal(ProgressRecordType.Completed, _written[^1].RecordType);
        Assert.Single(_written.Select(record => record.ActivityId).Distinct());
    }

    [Fact]
    public void Without_news_nothing_is_written()
    {
        _meter.Waiting();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("0 of 100", Assert.Single(_written).StatusDescription);
    }

    [Fact]
    public void A_share_is_given_only_of_a_known_total()
    {
        _meter.Waiting();
        _meter.Answered();
        _time.Advance(TimeSpan.FromMilliseconds(600));
        _meter.IsTotalKnown = true;
        _meter.Answered();
        _time.Advance(TimeSpan.FromMilliseconds(600));

        Assert.Equal([-1, 2], _written.Select(record => record.PercentComplete));
    }

    [Fact]
    public void What_was_never_shown_has_no_end()
    {
        _meter.Waiting();
        _meter.Complete();

        Assert.Empty(_written);
    }

    private static bool Post(Action action)
    {
        action();
        return true;
    }

    private void Answer(TimeSpan during, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < during; passed += step)
        {
            _meter.Answered();
            _time.Advance(step);
        }
    }
}
