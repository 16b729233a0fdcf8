namespace MarketCache.Engine.Tests.Configuration;

public sealed class DocumentationTests
{
    [Fact]
    public void The_table_of_keys_is_the_one_in_code() => AssertHolds("configuration.md", DocumentationTables.Keys());

    [Fact]
    public void The_tables_of_data_types_are_those_in_code() => AssertHolds("data-types.md", DocumentationTables.DataTypes());

    private static void AssertHolds(string page, string tables)
    {
        var lines = File.ReadAllLines(Path.Combine(Docs(), page)).ToHashSet(StringComparer.Ordinal);
        Assert.All(tables.Split('\n', StringSplitOptions.RemoveEmptyEntries), row => Assert.Contains(row, lines));
    }

    private static string Docs()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MarketCache.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
        }

        return Path.Combine(folder.FullName, "docs");
    }
}
