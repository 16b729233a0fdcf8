namespace MarketCache.Engine.Tests.Series;

/// <summary>Whatever becomes of any one file of the folder, the engine answers, with the right rows, and warns once.</summary>
public sealed class DamagedFolderTests
{
    [Theory]
    [InlineData("a flipped bit")]
    [InlineData("half of it")]
    [InlineData("nothing in it")]
    [InlineData("another file's content")]
    [InlineData("noise")]
    [InlineData("gone")]
    [InlineData("a folder")]
    public async Task Damage_to_any_one_file_of_the_folder_costs_no_answer_and_no_right_row(string damage)
    {
        await using var bench = new Bench("2018-09-15T12:00:00Z", o => o with { Memory = o.Memory with { Enabled = false } }, provider: Scattered);
        var right = await FillAsync(bench);
        await bench.RestartAsync();
        var names = Directory.GetFiles(bench.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.True(names.Count >= 6, string.Join('\n', names));
        var random = new Random(11);
        foreach (var name in names)
        {
            await bench.Cache.DisposeAsync();
            Directory.Delete(bench.Folder, recursive: true);
            await bench.RestartAsync();
            await FillAsync(bench);
            await bench.Cache.DisposeAsync();
            var path = File.Exists(name) ? name : Nearest(name, bench.Folder);
            Damage(path, damage, random, bench.Folder);
            await bench.RestartAsync();
            while (bench.Warnings.TryDequeue(out _))
            {
            }

            var answer = await bench.GetAsync("2010-03-01", "2018-06-29");

            Assert.True(answer.Rows.ContentEquals(right), $"{damage}: {path}");
            Assert.False(answer.Status.IsStale);
            Assert.True(bench.Warnings.Count <= 1, $"{damage}: {path}: {string.Join('\n', bench.Warnings)}");
            bench.Cache.GetStatistics(DateTime.MinValue);
            Assert.Single(bench.Cache.Entries(CacheFilter.All));
            bench.Cache.Verify(repair: true);
            Assert.True((await bench.GetAsync("2010-03-01", "2018-06-29")).Rows.ContentEquals(right));
            Assert.True(bench.Cache.Verify(repair: false).IsHealthy);
        }
    }

    // Volumes that do not compress: so much history that it does not stay in the feed's own file.
    private static RecordingProvider Scattered(ExchangeModel exchange) => new(r =>
    {
        var bars = exchange.Bars(r.Start, r.End, r.Now);
        long[] volumes = [.. bars.Column<DateOnly>("Date").Values.ToArray().Select(day => new Random(day.DayNumber).NextInt64())];
        return new ProviderResponse { Series = [new ProviderSeries("OHLCV", new MarketTable([.. bars.Columns.SkipLast(1), MarketColumn.OfLongs("Volume", volumes)]))] };
    });

    private static async Task<MarketTable> FillAsync(Bench bench) => (await bench.GetAsync("2010-03-01", "2018-06-29")).Rows;

    // Names of counters differ from run to run; objects, manifests and markers have the same ones each time.
    private static string Nearest(string name, string folder) =>
        Directory.GetFiles(folder, "*" + Path.GetExtension(name), SearchOption.AllDirectories)
            .First(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(name));

    private static void Damage(string path, string damage, Random random, string folder)
    {
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "a flipped bit":
                if (bytes.Length > 0)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    File.WriteAllBytes(path, bytes);
                }

                break;
            case "half of it":
                File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
                break;
            case "nothing in it":
                File.WriteAllBytes(path, []);
                break;
            case "another file's content":
                var other = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(file => file != path);
                File.WriteAllBytes(path, File.ReadAllBytes(other));
                break;
            case "noise":
                random.NextBytes(bytes = new byte[Math.Max(100, bytes.Length)]);
                File.WriteAllBytes(path, bytes);
                break;
            default:
                File.Delete(path);
                if (damage == "a folder")
                {
                    Directory.CreateDirectory(path);
                }

                break;
        }
    }
}
