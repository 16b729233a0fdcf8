using System.Globalization;
using System.IO.Compression;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Tests.Series;

/// <summary>The main job on recorded prices: provider once, then memory, then disk, and always the file's numbers.</summary>
public sealed class RecordedPricesTests
{
    [SharedDataFact]
    public async Task All_bars_of_a_recorded_file_come_from_the_provider_once_then_from_memory_then_from_disk()
    {
        var folder = Directory.CreateTempSubdirectory("marketcache-test-");
        try
        {
            var options = MarketCacheOptions.Default with
            {
                Disk = new DiskOptions { CacheDir = Path.Combine(folder.FullName, "cache") },
                Providers = new Dictionary<string, ProviderOptions>(StringComparer.OrdinalIgnoreCase)
                {
                    ["Lean"] = new ProviderOptions
                    {
                        Name = "Lean",
                        Type = "Csv",
                        Settings = new Dictionary<string, object>
                        {
                            ["path"] = SharedData.PathOf("prices"),
                            ["file"] = "{ticker}.zip",
                            ["header"] = "false",
                            ["date_format"] = "yyyyMMdd HH:mm",
                            ["price_scale"] = "10000",
                            ["columns"] = new Dictionary<string, object>
                            {
                                ["date"] = "1",
                                ["open"] = "2",
                                ["high"] = "3",
                                ["low"] = "4",
                                ["close"] = "5",
                                ["volume"] = "6",
                            },
                        },
                    },
                },
            };
            var request = new DataRequest
            {
                DataType = "OHLCV",
                Ticker = "aapl",
                Provider = "Lean",
                Start = new DateOnly(1998, 1, 1),
                End = new DateOnly(2021, 3, 31),
            };
            await using (var cache = MarketDataCache.Open(options))
            {
                var cold = await cache.GetAsync(request);
                Assert.Equal(1, cold.Status.ProviderCalls);
                CheckAgainstFile(cold.Rows);
                var warm = await cache.GetAsync(request);
                Assert.Equal(0, warm.Status.ProviderCalls);
                Assert.Equal(cold.Rows.RowCount, warm.Status.RowsFromMemory);
                Assert.True(warm.Rows.ContentEquals(cold.Rows));
            }

            await using var other = MarketDataCache.Open(options);
            var disk = await other.GetAsync(request);
            Assert.Equal(0, disk.Status.ProviderCalls);
            Assert.Equal(disk.Rows.RowCount, disk.Status.RowsFromDisk);
            CheckAgainstFile(disk.Rows);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CheckAgainstFile(MarketTable rows)
    {
        using var zip = ZipFile.OpenRead(SharedData.PathOf("prices", "aapl.zip"));
        using var reader = new StreamReader(zip.Entries[0].Open());
        var row = 0;
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            Assert.Equal(DateOnly.ParseExact(fields[0][..8], "yyyyMMdd", CultureInfo.InvariantCulture), rows.Column<DateOnly>("Date")[row]);
            string[] names = ["Open", "High", "Low", "Close"];
            for (var i = 0; i < names.Length; i++)
            {
                var exact = (double)(decimal.Parse(fields[i + 1], CultureInfo.InvariantCulture) / 10_000m);
                Assert.Equal(exact, rows.Column<double>(names[i])[row]);
            }

            Assert.Equal(fields[5], Convert.ToString(rows["Volume"].GetValue(row), CultureInfo.InvariantCulture));
            row++;
        }

        Assert.Equal(row, rows.RowCount);
    }
}
