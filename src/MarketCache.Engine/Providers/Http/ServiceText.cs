using System.Text;

namespace MarketCache.Engine.Providers.Http;

/// <summary>Creates what a service wrote fit for a message: one short line, without the key (some services repeat it).</summary>
internal static class ServiceText
{
    private const int Longest = 400;

    /// <summary>The text for a message.</summary>
    public static string Clean(string text, HttpQuery query)
    {
        foreach (var secret in SecretsOf(query))
        {
            text = text.Replace(secret, "***", StringComparison.OrdinalIgnoreCase);
        }

        var line = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var c in text)
        {
            if (line.Length == Longest)
            {
                line.Append('…');
                break;
            }

            var plain = char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c;
            if (plain != ' ' || (line.Length > 0 && line[^1] != ' '))
            {
                line.Append(plain);
            }
        }

        return line.ToString().TrimEnd(' ', '.');
    }

    /// <summary>The beginning of a body as text.</summary>
    public static string Start(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[..Math.Min(body.Length, 4096)]);

    /// <summary>Whether a text holds the query's key.</summary>
    public static bool TellsKey(string text, HttpQuery query) => SecretsOf(query).Any(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> SecretsOf(HttpQuery query) =>
        new[] { query.SecretParameter?.Value, query.Authorization, query.Authorization?.Split(' ')[^1] }
            .OfType<string>()
            .Where(secret => secret.Length > 0)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) });
}
