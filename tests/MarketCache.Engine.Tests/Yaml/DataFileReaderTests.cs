using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Tests.Yaml;

public sealed class DataFileReaderTests
{
    public static TheoryData<string> BuiltInFiles =>
        [.. typeof(DataNode).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".yaml", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(BuiltInFiles))]
    public void A_built_in_file_reads_as_the_full_parser_reads_it(string name)
    {
        using var reader = new StreamReader(typeof(DataNode).Assembly.GetManifestResourceStream(name)!);
        var text = reader.ReadToEnd();

        Assert.Equal(Describe(UserFileReader.ReadFully(text, name)!), Describe(DataFileReader.Read(text, name)));
    }

    [Theory]
    [InlineData("a: &anchor 1")]
    [InlineData("a: *alias")]
    [InlineData("a: !tag 1")]
    [InlineData("a: |\n  text")]
    [InlineData("a: [b:, 2]")]
    [InlineData("a: [1, 2")]
    [InlineData("a: { b: 1")]
    [InlineData("a: 1\n  b: 2")]
    [InlineData("a\nb: 1")]
    [InlineData("a: \"x\\ty\"")]
    [InlineData("a: 1\na: 2")]
    [InlineData("---\na: 1")]
    [InlineData("--- { a: 1 }")]
    [InlineData("a: 1\n...\n")]
    public void What_is_not_plain_is_refused_with_its_place(string text)
    {
        var error = Assert.ThrowsAny<MarketDataException>(() => DataFileReader.Read(text, "some.yaml"));

        Assert.StartsWith("some.yaml:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_item_stays_an_item_beside_the_next()
    {
        var list = DataFileReader.Read("a:\n-\n- # nothing\n- x\nb:\n", "some.yaml");

        Assert.Equal(["", "", "x"], list["a"]!.Items.Select(item => item.Text));
        Assert.True(list["b"]!.IsEmpty);
    }

    private static string Describe(DataNode node) => node.Kind switch
    {
        DataNodeKind.Scalar => $"{node.Path}@{node.Line}:{node.Column}='{node.Text}'",
        DataNodeKind.List => $"{node.Path}@{node.Line}:{node.Column}[\n{string.Join('\n', node.Items.Select(Describe))}]",
        _ => $"{node.Path}{{\n{string.Join('\n', node.Entries.Select(entry => entry.Key + ": " + Describe(entry.Value)))}}}",
    };
}
