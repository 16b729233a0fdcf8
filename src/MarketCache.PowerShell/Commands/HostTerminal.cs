using System.Management.Automation.Host;
using MarketCache.Engine.Reporting;

namespace MarketCache.PowerShell.Commands;

/// <summary>What the terminal can show.</summary>
internal static class HostTerminal
{
    /// <summary>Its width and whether it shows colours and Unicode.</summary>
    /// <param name="host">The host of the session.</param>
    internal static TerminalStyle StyleOf(PSHost host) => new()
    {
        Width = WidthOf(host),
        Color = !Console.IsOutputRedirected && host.UI?.SupportsVirtualTerminal == true && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Unicode = Console.OutputEncoding.CodePage is 65001 or 1200 or 1201 or 12000 or 12001,
    };

    private static int WidthOf(PSHost host)
    {
        try
        {
            return host.UI?.RawUI is { } console && console.BufferSize.Width > 0 ? console.BufferSize.Width - 1 : 80;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A host without a console says so by all kinds of exceptions.
            return 80;
        }
    }
}
