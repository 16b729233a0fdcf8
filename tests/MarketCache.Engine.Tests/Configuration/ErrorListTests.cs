using System.Text.RegularExpressions;

namespace MarketCache.Engine.Tests.Configuration;

public sealed partial class ErrorListTests
{
    [Fact]
    public void Every_error_id_of_the_sources_is_listed_in_the_documentation()
    {
        var listed = Listed();
        var used = Used();
        Assert.True(used.Count > 20, "The search for ids finds too few of them.");
        Assert.All(used, id => Assert.Contains(id, listed));
    }

    [Fact]
    public void Every_listed_error_id_is_used_in_the_sources() => Assert.Empty(Listed().Except(Used()));

    private static HashSet<string> Listed() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "errors.md")).Select(line => Row().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value)];

    private static HashSet<string> Used()
    {
        var ids = new HashSet<string>(Enum.GetNames<ProviderErrorKind>().Select(kind => "Provider" + kind), StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (!file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                foreach (Match match in Id().Matches(File.ReadAllText(file)))
                {
                    ids.Add(match.Groups.Values.Skip(1).First(group => group.Success).Value);
                }
            }
        }

        return ids;
    }

    [GeneratedRegex(@"^\| `([A-Za-z]+)` \|")]
    private static partial Regex Row();

    /// <summary>The ways in which the sources spell an id: an exception made, an error record made, a constant, a node's error.</summary>
    [GeneratedRegex(
        "new MarketDataException\\(\\s*\"([A-Z][A-Za-z]+)\""
        + "|\"([A-Z][A-Za-z]+)\",\\s*ErrorCategory\\."
        + "|const string (?:[A-Za-z]*Error)?Id = \"([A-Z][A-Za-z]+)\""
        + "|\\.(?:Invalid|Expected)\\(\\s*\"([A-Z][A-Za-z]+)\""
        + "|ErrorId \\?\\? \"([A-Z][A-Za-z]+)\"")]
    private static partial Regex Id();
}
