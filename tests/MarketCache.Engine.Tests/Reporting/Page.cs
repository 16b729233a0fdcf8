using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace MarketCache.Engine.Tests.Reporting;

/// <summary>A page of HTML that is well-formed XML, needs nothing from outside and runs nothing.</summary>
internal sealed partial class Page
{
    private Page(XElement root) => Root = root;

    /// <summary>The element <c>html</c>.</summary>
    public XElement Root { get; }

    /// <summary>All text of the body.</summary>
    public string Text => Root.Element("body")!.Value;

    /// <summary>Reads a page, or fails the test.</summary>
    public static Page Parse(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", html, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        var page = new Page(XElement.Load(reader));
        page.CheckNothingIsLoaded(html);
        page.CheckStructure();
        return page;
    }

    /// <summary>The figure under a heading of the tiles.</summary>
    public string Tile(string name) =>
        Root.Descendants("div").Single(d => d.Element("dt")?.Value == name).Elements("dd").First().Value;

    private void CheckNothingIsLoaded(string html)
    {
        Assert.DoesNotMatch("(?i)(https?:|//[a-z0-9-]+\\.|url\\(|@import|javascript:|data:)", html);
        string[] loading = ["script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "use", "foreignObject", "audio", "video"];
        Assert.DoesNotContain(Root.Descendants(), e => loading.Contains(e.Name.LocalName, StringComparer.OrdinalIgnoreCase));
        Assert.DoesNotContain(Root.Descendants().Attributes(), a => Event().IsMatch(a.Name.LocalName) || a.Name.LocalName is "href" or "src" or "srcset" or "action");
        Assert.Contains(Root.Descendants("meta"), m => ((string?)m.Attribute("content"))?.StartsWith("default-src 'none'", StringComparison.Ordinal) == true);
    }

    private void CheckStructure()
    {
        Assert.Single(Root.Descendants("h1"));
        Assert.Contains(Root.Descendants("meta"), m => (string?)m.Attribute("name") == "viewport");
        var ids = Root.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(Root.Descendants().Attributes("aria-labelledby").SelectMany(a => a.Value.Split(' ')), id => Assert.Contains(id, ids));
        Assert.All(
            Root.Descendants("svg"),
            svg => Assert.True((svg.Element("title") is not null && svg.Element("desc") is not null) || svg.AncestorsAndSelf().Any(e => (string?)e.Attribute("aria-hidden") == "true"), "a picture without words"));
        Assert.All(Root.Descendants("svg").Attributes("viewBox").SelectMany(a => a.Value.Split(' ')).Concat(Numbers()), n => Assert.Matches("^-?[0-9]+(\\.[0-9]+)?$", n));
        Assert.All(Root.Descendants("table"), table =>
        {
            var columns = table.Element("thead")!.Element("tr")!.Elements().Count();
            Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(columns, row.Elements().Count()));
            Assert.All(table.Descendants("th"), th => Assert.NotNull(th.Attribute("scope")));
        });
    }

    private IEnumerable<string> Numbers() =>
        Root.Descendants("rect").SelectMany(r => new[] { "x", "y", "width", "height" }.Select(name => r.Attribute(name)).OfType<XAttribute>().Select(a => a.Value));

    [GeneratedRegex("^on[a-z]+$", RegexOptions.IgnoreCase)]
    private static partial Regex Event();
}
