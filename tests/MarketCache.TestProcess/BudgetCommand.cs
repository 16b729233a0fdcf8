using System.Globalization;
using MarketCache.Engine.Gateway;

namespace MarketCache.TestProcess;

/// <summary>
/// Asks a provider several times within a budget that it shares with other processes. Says <c>ready</c>, waits for a line, tries,
/// and prints how many tries were answered and how many refused.
/// </summary>
internal static class BudgetCommand
{
    public static async Task<int> RunAsync(string stateDirectory, string callDirectory, string perHour, string tries)
    {
        var registry = new ProviderRegistry();
        registry.Register(
            new CallFileProvider(callDirectory),
            new Dictionary<string, object>
            {
                ["budget"] = new Dictionary<string, object> { ["per_hour"] = perHour },
                ["max_wait_seconds"] = "0",
            });
        await using var gateway = new ProviderGateway(registry, new GatewayOptions(), TimeProvider.System, stateDirectory);
        var request = new ProviderRequest { DataType = "OHLCV", Ticker = "AAPL", Start = new(2025, 1, 2), End = new(2025, 1, 31) };
        Console.WriteLine("ready");
        Console.ReadLine();

        var (answered, refused) = (0, 0);
        for (var i = 0; i < int.Parse(tries, CultureInfo.InvariantCulture); i++)
        {
            try
            {
                await gateway.FetchAsync("CallFile", request, default);
                answered++;
            }
            catch (ProviderException e) when (e.Kind == ProviderErrorKind.RateLimited && e.RetryAfter > TimeSpan.Zero)
            {
                refused++;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answered} {refused}"));
        return 0;
    }
}
