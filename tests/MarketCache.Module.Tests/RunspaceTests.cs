using System.Management.Automation.Runspaces;

namespace MarketCache.Module.Tests;

public sealed class RunspaceTests
{
    [Fact]
    public async Task Eight_runspaces_share_one_fetch_per_series()
    {
        var counter = new Counter();
        using (var first = new ModuleRunspace())
        {
            first.Get("param($Instance) Register-MarketDataProvider -Instance $Instance", CountingProvider.Create(counter));
        }

        var sessions = Enumerable.Range(0, 8).Select(_ => new ModuleRunspace()).ToList();
        try
        {
            var answers = await Task.WhenAll(sessions.Select(session => Task.Run(() =>
                session.Get("Get-MarketData EIGHT -Provider Counting -DataType VOLUME -Start 2024-01-02 -End 2024-01-05").Count)));

            Assert.All(answers, rows => Assert.Equal(4, rows));
            Assert.Equal(1, counter.Calls);
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    [Fact]
    public void Disposing_of_one_runspace_harms_none()
    {
        using var one = new ModuleRunspace();
        var other = new ModuleRunspace();
        other.Get("Register-MarketDataProvider Left -Local { param($Request) @{ Date = $Request.Start; Value = 1 } }");
        other.Get("Get-MarketData A -Provider Left -DataType VOLUME -Start 2024-01-03 -End 2024-01-03");
        other.Dispose();

        Assert.Single(one.Get("Get-MarketData A -Provider Left -DataType VOLUME -Start 2024-01-03 -End 2024-01-03"));
        Assert.Single(one.Get("Get-MarketData B -Provider Left -DataType VOLUME -Start 2024-01-03 -End 2024-01-03"));
    }

    [Fact]
    public void Stopping_a_pipeline_ends_it_while_the_provider_is_silent()
    {
        var silent = new SilentProvider();
        using var session = new ModuleRunspace();
        session.Get("param($Instance) Register-MarketDataProvider -Instance $Instance", silent);
        using var shell = System.Management.Automation.PowerShell.Create(session.Runspace);
        shell.AddScript("Get-MarketData A -Provider Silent -DataType VOLUME -Start 2024-01-03 -End 2024-01-03");
        var running = shell.BeginInvoke();
        Assert.True(silent.Asked.Wait(TimeSpan.FromSeconds(60)));

        shell.Stop();

        Assert.True(running.IsCompleted);
        Assert.Equal(System.Management.Automation.PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Equal(RunspaceState.Opened, session.Runspace.RunspaceStateInfo.State);
    }
}
