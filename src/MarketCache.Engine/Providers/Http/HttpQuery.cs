using System.Globalization;
using System.Text;

namespace MarketCache.Engine.Providers.Http;

/// <summary>What is asked of a service, secrets kept apart so that they appear in no text but the request itself.</summary>
internal sealed record HttpQuery
{
    /// <summary>The path below the base address, escaped.</summary>
    public required string Path { get; init; }

    /// <summary>The query's parameters, not escaped.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters { get; init; } = [];

    /// <summary>A query parameter that is secret.</summary>
    public (string Name, string Value)? SecretParameter { get; init; }

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    public string? Authorization { get; init; }

    /// <summary>What the answer must be.</summary>
    public BodyKind Expects { get; init; } = BodyKind.Json;

    /// <summary>What the query is for, for messages: a ticker or a data type.</summary>
    public required string Subject { get; init; }

    /// <summary>The validator of an earlier answer, or null.</summary>
    public string? Validator { get; init; }

    /// <summary>What of the answer is kept, where the query does not say it: a validator holds for this part alone.</summary>
    public string Part { get; init; } = string.Empty;

    /// <summary>Whether the service is asked with a key.</summary>
    public bool HasKey => SecretParameter is not null || Authorization is not null;

    /// <summary>The address with everything it needs: not for messages.</summary>
    public Uri AddressUnder(Uri baseAddress) => new(baseAddress, Relative(withSecret: true));

    /// <summary>Path and query without secrets.</summary>
    public string WithoutSecrets => Relative(withSecret: false);

    /// <summary>A day as services write it.</summary>
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string Relative(bool withSecret)
    {
        var text = new StringBuilder(Path);
        var separator = '?';
        foreach (var (name, value) in Parameters)
        {
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        if (withSecret && SecretParameter is { } secret)
        {
            text.Append(separator).Append(secret.Name).Append('=').Append(Uri.EscapeDataString(secret.Value));
        }

        return text.ToString();
    }
}
