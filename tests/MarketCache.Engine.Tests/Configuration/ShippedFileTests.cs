using System.Text;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class ShippedFileTests
{
    private static string Shipped
    {
        get
        {
            using var stream = typeof(ConfigurationLoader).Assembly.GetManifestResourceStream("cache_config.yaml")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public void The_shipped_file_says_what_the_defaults_in_code_say()
    {
        var options = ConfigurationFolder.LoadText(Shipped);

        Assert.Equal(MarketCacheOptions.Default.Memory, options.Memory);
        Assert.Equal(MarketCacheOptions.Default.Disk, options.Disk with { CacheDir = null });
        Assert.Equal(MarketCacheOptions.Default.Freshness, options.Freshness);
        Assert.Equal(MarketCacheOptions.Default.Log, options.Log);
        Assert.Empty(options.Providers);
        Assert.Empty(options.DataTypes);
        Assert.Equal(DataTypeCatalog.Default.All.Select(t => (t.Name, t.Ttl)), options.MakeCatalog().All.Select(t => (t.Name, t.Ttl)));
    }

    [Fact]
    public void The_shipped_file_names_every_fixed_key_with_a_comment_above_it()
    {
        var lines = Shipped.Split('\n');
        foreach (var key in ConfigurationKeys.All.Where(k => !k.IsPattern))
        {
            var name = key.Name[(key.Name.LastIndexOf('.') + 1)..];
            var at = Array.FindIndex(lines, line => line.TrimStart(' ', '#').StartsWith(name + ":", StringComparison.Ordinal));
            Assert.True(at > 0, key.Name);
            Assert.StartsWith("# ", lines[at - 1].TrimStart(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_example_in_the_shipped_file_can_be_uncommented()
    {
        var text = new StringBuilder();
        foreach (var line in Shipped.Split('\n'))
        {
            var rest = line.TrimStart();
            text.Append(rest.StartsWith('#') && !rest.StartsWith("# ", StringComparison.Ordinal) && rest.Length > 1 ? line.Replace("#", "", StringComparison.Ordinal) : line).Append('\n');
        }

        using var folder = new ConfigurationFolder();
        var options = folder.Write(text.ToString()).With(s => s with { EnvironmentName = "dev" }).Load().Options;

        Assert.Equal(["MyFiles", "Tiingo"], options.Providers.Keys.Order());
        Assert.Equal(2, options.DataTypes.Count);
        Assert.Equal(100, options.Memory.MaxSize);
        Assert.Single(options.TickerRules);
    }

    [Fact]
    public void The_shipped_file_is_parsed_only_where_it_was_edited()
    {
        using var folder = new ConfigurationFolder();
        var copy = Path.Combine(folder.Directory, "cache_config.yaml");
        File.WriteAllText(copy, Shipped);
        folder.With(s => s with { ShippedFile = copy });
        Assert.Empty(folder.Load().Files);

        File.WriteAllText(copy, Shipped.Replace("max_size: 1000", "max_size: 1001", StringComparison.Ordinal));
        Assert.Equal([copy], folder.Load().Files);
        Assert.Equal(1001, folder.Load().Options.Memory.MaxSize);

        File.Delete(copy);
        Assert.Equal(1000, folder.Load().Options.Memory.MaxSize);
    }
}
