using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Store;

/// <summary>
/// The marker that says which version wrote a folder: a line <c>MarketCache 2</c> and a line with its XXH3 in
/// hexadecimal. Every future version keeps these two lines, so a damaged marker can be distinguished from a newer one.
/// </summary>
internal static class FolderFormat
{
    /// <summary>The version this code reads and writes.</summary>
    public const int Current = 2;

    private const string Name = "MarketCache ";

    /// <summary>The marker of this version.</summary>
    public static string Text { get; } = Line(Current);

    /// <summary>The text of CACHEDIR.TAG (https://bford.info/cachedir/): makes backup programs skip the folder.</summary>
    public static string CacheDirTag { get; } =
        "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache made by MarketCache; it may be deleted at any time.\n";

    /// <summary>The marker of a version.</summary>
    public static string Line(int version)
    {
        string line = Name + version.ToString(CultureInfo.InvariantCulture);
        return line + "\n" + XxHash3.HashToUInt64(Encoding.ASCII.GetBytes(line)).ToString("x16", CultureInfo.InvariantCulture) + "\n";
    }

    /// <summary>Reads a marker; false if it is damaged.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out int version)
    {
        version = 0;
        int end = text.IndexOf('\n');
        return end > Name.Length
            && text.StartsWith(Name, StringComparison.Ordinal)
            && int.TryParse(text[Name.Length..end], NumberStyles.None, CultureInfo.InvariantCulture, out version)
            && text.StartsWith(Line(version), StringComparison.Ordinal);
    }
}
