using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MarketCache.Engine.Tests.Providers.Http;
using Xunit.Abstractions;

namespace MarketCache.Module.Tests;

/// <summary>Ctrl+C while a service keeps everybody waiting.</summary>
public sealed class StoppingTests(ITestOutputHelper output) : IDisposable
{
    private readonly ModuleRunspace _session = new();
    private readonly ManualResetEventSlim _release = new();

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _session.Dispose();
    }

    [Theory]
    [InlineData("Get-MarketData STPA, STPB, STPC, STPD, STPE, STPF -Provider {0} -Start 2024-03-04 -End 2024-03-05")]
    [InlineData("try { Get-MarketData STPG -Provider {0} -Start 2024-03-04 -End 2024-03-05 } catch { 'caught' }")]
    public async Task A_command_that_waits_for_a_service_stops_before_the_service_answers(string command)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new LoopbackServer(_ =>
        {
            asked.TrySetResult();
            _release.Wait();
            return LoopbackResponse.Json("{}");
        });
        var provider = "Hanging" + Guid.NewGuid().ToString("N")[..8];
        _session.Get("param($Name, $Address) Register-MarketDataProvider $Name -Type Yahoo -Setting @{ base_addresses = @($Address) }", provider, server.Address);
        using var shell = System.Management.Automation.PowerShell.Create(_session.Runspace);
        shell.AddScript(command.Replace("{0}", provider, StringComparison.Ordinal));
        var rows = new PSDataCollection<PSObject>();
        var running = shell.BeginInvoke<PSObject, PSObject>(null, rows);
        await asked.Task;

        var clock = Stopwatch.StartNew();
        await Task.Run(shell.Stop);
        var stopped = clock.Elapsed;

        // The service is held back still: nothing but the stop can have ended the command.
        Assert.False(_release.IsSet);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(rows);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped after {stopped.TotalMilliseconds:0.0} ms"));

        // The session goes on, and what was given up counts as no failure.
        Assert.Equal(["Ready", "0"], _session.Get("param($Name) $state = Get-MarketDataProvider $Name; $state.State, $state.Failures", provider).Select(o => o.ToString()));
    }
}
