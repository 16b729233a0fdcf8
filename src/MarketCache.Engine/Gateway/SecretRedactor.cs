using System.Text.RegularExpressions;

namespace MarketCache.Engine.Gateway;

/// <summary>Strikes secrets out of texts: known values, what follows the question mark of an address, and what is named like a secret.</summary>
internal sealed partial class SecretRedactor
{
    private const string Mask = "***";

    // Shorter texts would strike ordinary words out of messages, and are no keys.
    private const int ShortestSecret = 4;

    private readonly string[] _secrets;

    /// <param name="secrets">Values that must not appear; also looked for in their escaped form.</param>
    public SecretRedactor(IEnumerable<string?> secrets)
    {
        _secrets =
        [
            .. secrets
                .OfType<string>()
                .Where(secret => secret.Trim().Length >= ShortestSecret)
                .SelectMany(secret => new[] { secret.Trim(), Uri.EscapeDataString(secret.Trim()) })
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(secret => secret.Length),
        ];
    }

    /// <summary>The text without secrets.</summary>
    public string Clean(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Mask, StringComparison.OrdinalIgnoreCase);
        }

        text = UserInfo().Replace(text, "$1" + Mask + "@");
        text = Query().Replace(text, "$1?" + Mask);
        return NamedSecret().Replace(text, "$1" + Mask);
    }

    /// <summary>The exception itself if nothing of it has to be hidden, else one that tells the same without secrets.</summary>
    public Exception? Clean(Exception? exception)
    {
        if (exception is null)
        {
            return null;
        }

        var told = exception.ToString();
        var clean = Clean(told);
        return string.Equals(told, clean, StringComparison.Ordinal) ? exception : new RedactedException(clean);
    }

    // user:password@ before a host.
    [GeneratedRegex(@"([a-z][a-z0-9+.-]*://)[^\s/@'""<>]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    // The query of an absolute address, or of a path such as /query?function=…
    [GeneratedRegex(@"([a-z][a-z0-9+.-]*://[^\s?'""<>]*|/[^\s?'""<>]*)\?[^\s'""<>)\]]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Query();

    // apikey=…, token: …, Authorization: Bearer …
    [GeneratedRegex(
        @"(\b(?:api[_-]?key|access[_-]?key|token|secret|password|passwd|pwd|authorization)\b[""']?\s*[=:]\s*[""']?(?:(?:bearer|token|basic)\s+)?)[^\s&'"",;<>*][^\s&'"",;<>]*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedSecret();
}
