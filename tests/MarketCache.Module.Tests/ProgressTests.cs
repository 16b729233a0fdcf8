using System.Management.Automation;

namespace MarketCache.Module.Tests;

public sealed class ProgressTests : IDisposable
{
    private readonly ModuleRunspace _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_slow_watch_list_shows_progress_and_takes_it_away()
    {
        // The provider answers one ticker at a time and each takes longer than the pause between two updates.
        var records = Progress("""
            Register-MarketDataProvider Slow -Local -Setting @{ concurrency = 1 } { param($Request) [System.Threading.Thread]::Sleep(250); @{ Date = $Request.Start; Value = 1 } }
            Get-MarketData S1, S2, S3, S4, S5, S6 -Provider Slow -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            """);

        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Equal("Getting market data", record.Activity));
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.All(records.SkipLast(1), record => Assert.Matches(@"^\d of 6$", record.StatusDescription));
        Assert.True(records.Count <= 7, $"{records.Count} records for six answers");
    }

    [Fact]
    public void What_is_answered_at_once_and_a_single_request_show_none()
    {
        Assert.Empty(Progress("""
            Register-MarketDataProvider Quick -Local { param($Request) @{ Date = $Request.Start; Value = 1 } }
            $null = Get-MarketData Q1 -Provider Quick -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            $null = Get-MarketData Q1 -Provider Quick -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
            """));
    }

    private List<ProgressRecord> Progress(string script)
    {
        using var shell = System.Management.Automation.PowerShell.Create(_session.Runspace);
        shell.AddScript(script);
        shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return [.. shell.Streams.Progress];
    }
}
