using System.Text;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>Turns a file's bytes into text: by its byte order mark, by the encoding configured, or by what the bytes can be.</summary>
internal static class CsvText
{
    private const int Sample = 4096;

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="encoding">The encoding's name; null for a guess.</param>
    /// <param name="guesses">Takes what was guessed.</param>
    /// <exception cref="DecoderFallbackException">It is no text of that encoding, or of none that is tried.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? encoding, List<string> guesses)
    {
        if (Marked(bytes) is { } marked)
        {
            return Strict(marked.Name).GetString(bytes[marked.Length..]);
        }

        if (encoding is not null)
        {
            return Strict(encoding).GetString(bytes);
        }

        if (Wide(bytes) is { } wide)
        {
            guesses.Add($"encoding: {wide}");
            return Strict(wide).GetString(bytes);
        }

        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        // Bytes that this page leaves undefined decode to control characters: then it is none of the two.
        var text = Strict("windows-1252").GetString(bytes);
        if (text.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
        {
            throw new DecoderFallbackException("It is neither UTF-8, UTF-16 nor Windows-1252.");
        }

        guesses.Add("encoding: windows-1252");
        return text;
    }

    /// <summary>The encoding of that name, or null; damaged text is an error, never a replacement character.</summary>
    public static Encoding? Find(string name)
    {
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException)
        {
            // Pages of Windows come from elsewhere; registering them would change the process.
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
    }

    private static Encoding Strict(string name) => Find(name) ?? throw new DecoderFallbackException($"There is no encoding '{name}'.");

    private static (string Name, int Length)? Marked(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? ("utf-8", 3)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) ? ("utf-32", 4)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? ("utf-16", 2)
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? ("utf-16BE", 2)
        : null;

    /// <summary>Figures and separators in UTF-16 have a zero in every second byte.</summary>
    private static string? Wide(ReadOnlySpan<byte> bytes)
    {
        var (even, odd) = (0, 0);
        var pairs = Math.Min(bytes.Length, Sample) / 2;
        for (var i = 0; i < pairs; i++)
        {
            even += bytes[2 * i] == 0 ? 1 : 0;
            odd += bytes[(2 * i) + 1] == 0 ? 1 : 0;
        }

        return bytes.Length % 2 != 0 ? null
            : odd > pairs * 3 / 4 && even == 0 ? "utf-16"
            : even > pairs * 3 / 4 && odd == 0 ? "utf-16BE"
            : null;
    }
}
