using System.Diagnostics;

namespace MarketCache.Engine.Tests.Faults;

public sealed class FaultHarnessTests
{
    [Fact]
    public async Task A_short_run_of_the_fault_harness_breaks_no_promise()
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? Environment.ProcessPath!
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start = new(host, [Path.Combine(AppContext.BaseDirectory, "MarketCache.Faults.dll"), "--seed", "7", "--minutes", "0.2"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process harness = Process.Start(start)!;
        string table = await harness.StandardOutput.ReadToEndAsync();
        await harness.WaitForExitAsync();
        Assert.True(harness.ExitCode == 0, table);
    }
}
