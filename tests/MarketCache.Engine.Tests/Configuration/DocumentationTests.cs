namespace MarketCache.Engine.Tests.Configuration;

public sealed class DocumentationTests
{
    [Fact]
    public void The_table_of_keys_is_the_one_in_code() => AssertHolds("configuration.md", DocumentationTables.Keys());

    [Fact]
    public void The_tables_of_data_types_are_those_in_code() => AssertHolds("data-types.md", DocumentationTables.DataTypes());

    private static void AssertHolds(string page, string tables)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", page)).ToHashSet(StringComparer.Ordinal);
        Assert.All(tables.Split('\n', StringSplitOptions.RemoveEmptyEntries), row => Assert.Contains(row, lines));
    }
}
