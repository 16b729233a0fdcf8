using System.Text.RegularExpressions;
using MarketCache.PowerShell.Errors;

namespace MarketCache.Module.Tests;

/// <summary>The list of errors against the code that makes them.</summary>
public sealed partial class ErrorPageTests
{
    [Fact]
    public void Every_id_in_the_code_is_on_the_page_and_the_other_way_round()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Select(File.ReadAllText)
            .ToList();
        var made = sources.SelectMany(text => Made().Matches(text)).Select(match => match.Groups[1].Value + match.Groups[2].Value)
            .Concat(Enum.GetNames<ProviderErrorKind>().Where(kind => kind != "Unknown").Select(kind => "Provider" + kind))
            .ToHashSet(StringComparer.Ordinal);
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "errors.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.Empty(made.Except(listed));
        Assert.DoesNotContain(listed, id => !made.Contains(id) && !sources.Any(text => text.Contains($"\"{id}\"", StringComparison.Ordinal)));
        Assert.Equal(listed.Count, listed.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_row_of_the_page_has_the_category_that_the_error_has()
    {
        string[] ofCmdlets = ["AccessDenied", "FileAccessFailed", "FileExists", "UnexpectedError", "ConflictingParameters", "ConfigurationInvalid"];
        var kinds = Enum.GetValues<ProviderErrorKind>().ToDictionary(kind => "Provider" + kind);
        foreach (var row in Rows().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs", "errors.md"))).Cast<Match>())
        {
            var id = row.Groups[1].Value;
            var error = kinds.TryGetValue(id, out var kind) ? new ProviderException(kind, "x") : new MarketDataException(id, "x");
            if (!ofCmdlets.Contains(id))
            {
                Assert.Equal((id, row.Groups[2].Value), (id, ErrorRecords.From(error, null).CategoryInfo.Category.ToString()));
            }
        }
    }

    [GeneratedRegex("^\\| `([A-Z][A-Za-z]+)` \\| ([A-Za-z]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("""new MarketDataException\(\s*"([A-Z][A-Za-z]+)"|new ErrorRecord\([^,"]+, "([A-Z][A-Za-z]+)""", RegexOptions.Singleline)]
    private static partial Regex Made();

    [GeneratedRegex("^\\| `([A-Z][A-Za-z]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Listed();
}
