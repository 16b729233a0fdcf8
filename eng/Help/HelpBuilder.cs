using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Xml;

namespace MarketCache.Help;

/// <summary>Builds the module's help files.</summary>
internal static class HelpBuilder
{
    private const string HelpFile = "MarketCache.PowerShell.dll-Help.xml";

    /// <summary>Writes the MAML file and the about topics.</summary>
    /// <param name="manifest">The built module's manifest.</param>
    /// <param name="docs">The folder with <c>cmdlets</c> and <c>about</c>.</param>
    /// <param name="output">The folder that <c>Get-Help</c> reads.</param>
    public static void Build(string manifest, string docs, string output)
    {
        Directory.CreateDirectory(output);
        var pages = Directory.GetFiles(Path.Combine(docs, "cmdlets"), "*-*.md").Select(CmdletPage.Read).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        var commands = Cmdlets(manifest)
            .OrderBy(c => c.Name, StringComparer.Ordinal)
            .Where(c => pages.ContainsKey(c.Name))
            .Select(c => (c, pages[c.Name]));

        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        Replace(Path.Combine(output, HelpFile), temporary =>
        {
            using var writer = XmlWriter.Create(temporary, settings);
            MamlWriter.Write(commands).Save(writer);
        });

        foreach (var topic in Directory.GetFiles(Path.Combine(docs, "about"), "about_*.md"))
        {
            var text = AboutTopic.Write(topic);
            Replace(Path.Combine(output, Path.GetFileNameWithoutExtension(topic) + ".help.txt"), temporary => File.WriteAllText(temporary, text));
        }
    }

    private static IReadOnlyList<CmdletInfo> Cmdlets(string manifest)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript("param($Manifest) Import-Module $Manifest -ErrorAction Stop; Get-Command -Module MarketCache -CommandType Cmdlet").AddArgument(manifest);
        return [.. shell.Invoke<CmdletInfo>()];
    }

    // Two builds at once must not read each other's half-written file.
    private static void Replace(string path, Action<string> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
