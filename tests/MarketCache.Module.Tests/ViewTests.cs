using System.Management.Automation;
using System.Xml.Linq;

namespace MarketCache.Module.Tests;

public sealed class ViewTests
{
    private static readonly XDocument Format = XDocument.Load(Path.Combine(Checkout.Root, "module", "MarketCache.Format.ps1xml"));

    [Fact]
    public void Every_output_type_has_a_view()
    {
        using var session = new ModuleRunspace();
        var viewed = Format.Descendants("TypeName").Select(name => name.Value).ToHashSet(StringComparer.Ordinal);

        var outputs = session.Get("Get-Command -Module MarketCache")
            .SelectMany(command => ((CmdletInfo)command.BaseObject).OutputType)
            .Select(output => output.Name)
            .Where(name => name.StartsWith("MarketCache.", StringComparison.Ordinal))
            .Distinct();

        Assert.Empty(outputs.Except(viewed));
    }

    [Fact]
    public void Every_table_has_as_many_headings_as_columns()
    {
        Assert.All(Format.Descendants("TableControl"), table => Assert.All(
            table.Descendants("TableColumnItems"),
            row => Assert.Equal(table.Descendants("TableColumnHeader").Count(), row.Elements("TableColumnItem").Count())));
    }

    [Fact]
    public void Numbers_are_aligned_to_the_right()
    {
        foreach (var table in Format.Descendants("TableControl"))
        {
            var headings = table.Descendants("TableColumnHeader").ToList();
            var columns = table.Descendants("TableColumnItem").ToList();
            for (var i = 0; i < headings.Count; i++)
            {
                if ((string?)columns[i].Element("FormatString") is { } format && format.StartsWith("{0:#,0", StringComparison.Ordinal))
                {
                    Assert.Equal("Right", (string?)headings[i].Element("Alignment"));
                }
            }
        }
    }
}
