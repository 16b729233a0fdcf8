using System.Collections.Frozen;

namespace MarketCache.Engine.Providers.Rows;

/// <summary>Which names may become part of a file name on any platform.</summary>
internal static class TickerRules
{
    private static readonly FrozenSet<string> Devices = new[]
    {
        "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether the name is one plain file-name part everywhere: no separator, drive, stream, wildcard or control character, no
    /// leading or trailing dot or space, no device name of Windows.
    /// </summary>
    public static bool IsSafeFileName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > 64 || name[0] is '.' or ' ' || name[^1] is '.' or ' ')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c) || char.IsSurrogate(c))
            {
                return false;
            }
        }

        var dot = name.IndexOf('.');
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        return !Devices.Contains(stem.ToString());
    }

    /// <summary>
    /// Whether a service can have a ticker of that name: up to 32 letters, digits and the signs that exchanges use. Keeps a ticker from
    /// leading elsewhere when it becomes part of an address.
    /// </summary>
    public static bool IsTicker(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 32 || name[0] == '.' || name.IndexOf("..") >= 0)
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '^' or '=' or '_' or '&' or '@' or ':' or '+' or '!' or '$' or '*'))
            {
                return false;
            }
        }

        return true;
    }
}
