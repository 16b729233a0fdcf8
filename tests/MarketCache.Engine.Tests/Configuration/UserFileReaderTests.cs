using CsCheck;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class UserFileReaderTests
{
    [Fact]
    public void What_the_small_reader_accepts_the_full_parser_reads_alike()
    {
        string[] pieces =
        [
            "a", "key: v", "b:", "- ", "  ", "    ", "\n", "\n", "\n", "\n  ", "\n    ", ": ", " # note", "#x", "\"q: 1\"", "'s'", "{ a: 1 }", "[x, y]", "{", "}", "[", "]",
            ", ", "null", "~", "1.5", "a b", "x:y", "http://h/p?q=1", "24/7", "*", "&a ", "*a", "!t ", "| ", "> ", "? ", "---", "%", "@", "-1", "\r\n", "\t", "''", "\\", "é", "yes",
        ];
        var agreed = 0;
        Gen.Int[0, pieces.Length - 1].Array[1, 14].Sample(
            picks =>
            {
                var text = string.Concat(picks.Select(i => pieces[i]));
                if (!UserFileReader.TryReadPlain(text, "f", out var plain))
                {
                    return true;
                }

                DataNode? full;
                try
                {
                    full = UserFileReader.ReadFully(text, "f");
                }
                catch (ConfigurationException)
                {
                    // Leniency is no harm as long as what is accepted by both means the same.
                    return true;
                }

                agreed++;
                return Show(plain) == Show(full);
            },
            iter: 20_000,
            threads: 1,
            print: picks => "«" + string.Concat(picks.Select(i => pieces[i])) + "»");
        Assert.True(agreed > 100);
    }

    [Fact]
    public void Block_maps_and_lists_are_placed_alike_by_both_readers()
    {
        const string text = "a:\n  b: 1 # one\n  c: [x, { y: z }]\nd:\n  - e: 2\n    f: 3\n  - g\nh: 'q'\n";
        Assert.True(UserFileReader.TryReadPlain(text, "f", out var plain));
        Assert.Equal(ShowPlaces(UserFileReader.ReadFully(text, "f")!), ShowPlaces(plain!));
    }

    private static string Show(DataNode? node) => node switch
    {
        null => "",
        { Kind: DataNodeKind.Map } => "{" + string.Join("|", node.Entries.Select(e => e.Key + "=" + Show(e.Value))) + "}",
        { Kind: DataNodeKind.List } => "[" + string.Join("|", node.Items.Select(Show)) + "]",
        _ => "<" + node.Text + ">",
    };

    private static string ShowPlaces(DataNode node) => node.Kind switch
    {
        DataNodeKind.Map => string.Join(" ", node.Entries.Select(e => $"{e.Key}@{e.Value.KeyLine}:{e.Value.KeyColumn} {ShowPlaces(e.Value)}")),
        DataNodeKind.List => string.Join(" ", node.Items.Select(ShowPlaces)),
        _ => $"{node.Text}@{node.Line}:{node.Column}",
    };
}
