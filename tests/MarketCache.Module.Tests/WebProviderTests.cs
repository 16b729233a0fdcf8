using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Module.Tests;

/// <summary>The web providers as users have them: in a process of its own, out of the module's private load context, over real HTTP.</summary>
public sealed class WebProviderTests : IDisposable
{
    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Prices_and_rates_of_services_over_http_reach_the_user_and_are_asked_for_once()
    {
        await using var server = new LoopbackServer(request => request.Path.StartsWith("/v8/", StringComparison.Ordinal)
            ? LoopbackResponse.Json("""
                {"chart":{"result":[{"meta":{"currency":"USD","symbol":"AAPL","exchangeName":"NMS","exchangeTimezoneName":"America/New_York"},
                "timestamp":[1709562600,1709649000],"indicators":{"quote":[{"open":[176.15,170.76],"high":[176.9,172.04],"low":[173.79,169.62],
                "close":[175.1,170.12],"volume":[81510100,95132400]}],"adjclose":[{"adjclose":[174.5,169.5]}]}}],"error":null}}
                """).Gzipped()
            : LoopbackResponse.Text("observation_date,DGS3MO\n2024-03-04,5.47\n2024-03-05,.\n", "text/csv").Brotlied());
        await ConfigureAsync(server);

        var result = await _shell.RunAsync("""
            foreach ($turn in 1, 2) {
                Get-MarketData AAPL -Start 2024-03-04 -End 2024-03-05 | ForEach-Object { "$($_.Date.ToString('yyyy-MM-dd')) $($_.Close) $($_.Volume)" }
                Get-MarketData AAPL -DataType ADJUSTED_CLOSE -Start 2024-03-04 -End 2024-03-05 | ForEach-Object Value
                Get-MarketData -DataType TREASURY_3M -Start 2024-03-04 -End 2024-03-05 | ForEach-Object { "$($_.Date.ToString('yyyy-MM-dd')) $($_.Value)" }
            }
            """);

        string[] once = ["2024-03-04 175.1 81510100", "2024-03-05 170.12 95132400", "174.5", "169.5", "2024-03-04 0.0547"];
        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal([.. once, .. once], result.Lines);
        Assert.Equal(["/graph/fredgraph.csv", "/v8/finance/chart/AAPL"], server.Requests.Select(r => r.Path).Order(StringComparer.Ordinal));
    }

    [SharedDataFact]
    public async Task Every_recorded_daily_chart_reaches_the_user_with_the_rows_it_holds()
    {
        var charts = Directory.GetFiles(SharedData.PathOf("yahoo"), "*.json").Select(Read).Where(c => c.Lines.Count > 0).ToList();
        await using var server = new LoopbackServer(r => LoopbackResponse.Json(charts[int.Parse(r.Path.Split('/')[1], CultureInfo.InvariantCulture)].Body));

        // A provider for each file, because several are of the same symbol.
        var script = charts.Select((chart, i) => string.Create(CultureInfo.InvariantCulture, $$"""
            Register-MarketDataProvider Recording{{i}} -Type Yahoo -Setting @{ base_address = '{{server.Address}}/{{i}}' }
            Get-MarketData '{{chart.Symbol}}' -Provider Recording{{i}} -Start {{Text(chart.Days[0])}} -End {{Text(chart.Days[^1])}} | ForEach-Object {
                [string]::Join(',', {{i}}, $_.Date.ToString('yyyy-MM-dd', $c), $_.Open.ToString('R', $c), $_.High.ToString('R', $c), $_.Low.ToString('R', $c), $_.Close.ToString('R', $c), $_.Volume.ToString($c))
            }

            """));
        var result = await _shell.RunAsync("$c = [cultureinfo]::InvariantCulture\n" + string.Concat(script));

        Assert.Equal(string.Empty, result.Errors);
        Assert.Equal(charts.SelectMany((chart, i) => chart.Lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{i},{line}"))), result.Lines);
    }

    [SharedDataFact]
    public async Task The_recorded_observations_and_download_reach_the_user_with_the_values_they_hold()
    {
        var body = await File.ReadAllTextAsync(SharedData.PathOf("fred", "observations-059035.json"));
        var download = await File.ReadAllTextAsync(SharedData.PathOf("fred", "fredgraph-SP500.csv"));
        await using var server = new LoopbackServer(r => r.Path == "/graph/fredgraph.csv" ? LoopbackResponse.Text(download, "application/csv") : LoopbackResponse.Json(body));
        using var recording = JsonDocument.Parse(body);
        var values = recording.RootElement.GetProperty("observations").EnumerateArray()
            .Where(o => o.GetProperty("value").GetString() != ".")
            .Select(o => $"{o.GetProperty("date").GetString()} {double.Parse(o.GetProperty("value").GetString()!, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)}")
            .ToList();
        await ConfigureAsync(server, """
              data_types:
                RECORDED: { description: Recorded., unit: none, frequency: quarterly, calendar: 24/7, ttl: 1h, providers: [Fred], sources: { Fred: RECORDED } }
                SP500: { description: Recorded., unit: none, frequency: daily, calendar: 24/7, ttl: 1h, providers: [Fred], sources: { Fred: SP500 } }
            """);
        const string Ask = """
            $i = [cultureinfo]::InvariantCulture
            Get-MarketData -DataType {0} -Start {1} -End {2} | ForEach-Object { "$($_.Date.ToString('yyyy-MM-dd', $i)) $($_.Value.ToString('R', $i))" }
            """;

        var lines = download.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(l => l.TrimEnd('\r').Split(',')).ToList();
        var keyless = await _shell.RunAsync(Ask.Replace("{0}", "SP500", StringComparison.Ordinal).Replace("{1}", lines[0][0], StringComparison.Ordinal).Replace("{2}", lines[^1][0], StringComparison.Ordinal));
        _shell.Environment["FRED_API_KEY"] = "abcdefghijklmnopqrstuvwxyz123456";
        var keyed = await _shell.RunAsync(Ask.Replace("{0}", "RECORDED", StringComparison.Ordinal).Replace("{1}", values[0].Split(' ')[0], StringComparison.Ordinal).Replace("{2}", values[^1].Split(' ')[0], StringComparison.Ordinal));

        Assert.Equal((string.Empty, string.Empty), (keyless.Errors, keyed.Errors));
        Assert.Equal(lines.Where(l => l[1].Length > 0).Select(l => $"{l[0]} {double.Parse(l[1], CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)}"), keyless.Lines);
        Assert.Equal(values, keyed.Lines);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task ConfigureAsync(LoopbackServer server, string more = "")
    {
        var config = Path.Combine(_shell.Folder, "config.yaml");
        await File.WriteAllTextAsync(config, $$"""
            cache:
              providers:
                Yahoo: { base_addresses: ['{{server.Address}}'] }
                Fred: { base_address: '{{server.Address}}' }
            {{more}}
            """);
        _shell.Environment["MARKETCACHE_CONFIG"] = config;
        _shell.Environment["FRED_API_KEY"] = null;
    }

    /// <summary>Reads a recording without any of the provider's code.</summary>
    private static Chart Read(string file)
    {
        using var recording = JsonDocument.Parse(File.ReadAllBytes(file));
        var body = recording.RootElement.GetProperty("response").GetProperty("bodyJson");
        var result = body.GetProperty("chart").GetProperty("result")[0];
        var meta = result.GetProperty("meta");
        var zone = TimeZoneInfo.FindSystemTimeZoneById(meta.GetProperty("exchangeTimezoneName").GetString()!);
        var stamps = result.TryGetProperty("timestamp", out var list) ? list.EnumerateArray().Select(t => t.GetInt64()).ToArray() : [];
        DateOnly[] days = [.. stamps.Select(t => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddSeconds(t), zone)))];
        var lines = new List<string>();
        for (var i = 0; i < stamps.Length; i++)
        {
            var quote = result.GetProperty("indicators").GetProperty("quote")[0];
            var prices = new[] { "open", "high", "low", "close" }.Select(n => quote.GetProperty(n)[i].GetDouble().ToString("R", CultureInfo.InvariantCulture));
            lines.Add(string.Join(',', Text(days[i]), string.Join(',', prices), quote.GetProperty("volume")[i].GetInt64().ToString(CultureInfo.InvariantCulture)));
        }

        return new Chart(meta.GetProperty("symbol").GetString()!, body.GetRawText(), days, lines);
    }

    private sealed record Chart(string Symbol, string Body, DateOnly[] Days, List<string> Lines);
}
