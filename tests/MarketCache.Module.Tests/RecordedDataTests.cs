using System.Globalization;
using System.IO.Compression;

namespace MarketCache.Module.Tests;

/// <summary>The main job on recorded prices, which it must give back exactly.</summary>
public sealed class RecordedDataTests : IDisposable
{
    private const string Ask = """
        $series = Get-MarketData aapl -Provider Recorded -Start 1998-01-01 -End 2021-03-31 -AsSeries
        'calls={0} memory={1} disk={2} rows={3}' -f $series.Status.ProviderCalls, $series.Status.RowsFromMemory, $series.Status.RowsFromDisk, $series.Count
        $i = [cultureinfo]::InvariantCulture
        Get-MarketData aapl -Provider Recorded -Start 1998-01-01 -End 2021-03-31 | ForEach-Object {
            [string]::Join(',', $_.Date.ToString('yyyyMMdd', $i), $_.Open.ToString('R', $i), $_.High.ToString('R', $i), $_.Low.ToString('R', $i), $_.Close.ToString('R', $i), $_.Volume.ToString($i))
        }
        """;

    private readonly IsolatedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [SharedDataFact]
    public async Task Every_bar_of_a_recorded_file_comes_back_exactly_from_provider_memory_and_disk()
    {
        var config = Path.Combine(_shell.Folder, "config.yaml");
        await File.WriteAllTextAsync(config, $$"""
            cache:
              providers:
                Recorded:
                  type: Csv
                  path: '{{SharedData.PathOf("prices")}}'
                  file: '{ticker}.zip'
                  header: false
                  date_format: 'yyyyMMdd HH:mm'
                  price_scale: 10000
            """);
        _shell.Environment["MARKETCACHE_CONFIG"] = config;
        var expected = Expected(SharedData.PathOf("prices", "aapl.zip"));

        var first = await _shell.RunAsync($"{Ask}; {Ask}");
        var second = await _shell.RunAsync(Ask);

        Assert.Equal(string.Empty, first.Errors);
        var count = expected.Count.ToString(CultureInfo.InvariantCulture);
        Assert.Equal($"calls=1 memory=0 disk=0 rows={count}", first.Lines[0]);
        Assert.Equal(expected, first.Lines.Skip(1).Take(expected.Count));
        Assert.Equal($"calls=0 memory={count} disk=0 rows={count}", first.Lines[expected.Count + 1]);
        Assert.Equal(expected, first.Lines.Skip(expected.Count + 2));
        Assert.Equal($"calls=0 memory=0 disk={count} rows={count}", second.Lines[0]);
        Assert.Equal(expected, second.Lines.Skip(1));
    }

    private static List<string> Expected(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        using var reader = new StreamReader(archive.Entries[0].Open());
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            var prices = fields[1..5].Select(f => (double.Parse(f, CultureInfo.InvariantCulture) / 10000).ToString("R", CultureInfo.InvariantCulture));
            lines.Add(string.Join(',', fields[0][..8], string.Join(',', prices), fields[5]));
        }

        return lines;
    }
}
