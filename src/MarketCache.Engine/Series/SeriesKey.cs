using System.Text;

namespace MarketCache.Engine.Series;

/// <summary>
/// Names a series: provider, data type, ticker, frequency and parameters, in one canonical spelling. Case of the ticker, order of
/// parameters and culture make no difference. Every parameter counts; of one whose name speaks of a secret only a hash is part of the name.
/// </summary>
internal sealed record SeriesKey
{
    private const string Version = "v1";

    private static readonly HashSet<string> SecretNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "key", "apikey", "accesskey", "secretkey", "privatekey", "token", "apitoken", "accesstoken", "authtoken", "bearer", "secret",
        "apisecret", "clientsecret", "password", "passwd", "pwd", "credential", "credentials", "auth", "authorization",
    };

    private static readonly string[] SecretEndings = ["_key", "-key", "_token", "-token", "_secret", "-secret", "_password", "-password"];

    private SeriesKey(string provider, string dataType, string ticker, string frequency, string parameters)
    {
        Provider = provider;
        DataType = dataType;
        Ticker = ticker;
        Frequency = frequency;
        Parameters = parameters;
        Text = string.Join('|', Version, provider, dataType, ticker, frequency, parameters);
    }

    /// <summary>The provider's name in lower case, escaped.</summary>
    public string Provider { get; }

    /// <summary>The data type in upper case, escaped.</summary>
    public string DataType { get; }

    /// <summary>The ticker in upper case, escaped; empty for types without one.</summary>
    public string Ticker { get; }

    /// <summary>The canonical frequency.</summary>
    public string Frequency { get; }

    /// <summary>The parameters as <c>name=value&amp;…</c>, names in lower case and ascending, escaped; empty for none.</summary>
    public string Parameters { get; }

    /// <summary>The canonical text: <c>v1|provider|DATA_TYPE|TICKER|frequency|parameters</c>.</summary>
    public string Text { get; }

    /// <summary>Creates a key.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="dataType">The data type.</param>
    /// <param name="ticker">The ticker, or null.</param>
    /// <param name="frequency">The canonical frequency.</param>
    /// <param name="parameters">Further parameters; those whose name speaks of a secret are named by a hash.</param>
    public static SeriesKey Of(
        string provider, string dataType, string? ticker, string frequency, IReadOnlyDictionary<string, string>? parameters = null) =>
        new(
            Escape(provider.Trim().ToLowerInvariant()),
            Escape(dataType.Trim().ToUpperInvariant()),
            Escape(CanonicalTicker(ticker) ?? string.Empty),
            frequency,
            Canonical(parameters));

    /// <summary>The ticker without surrounding blanks and in upper case; null if it is blank.</summary>
    /// <param name="ticker">The ticker as given.</param>
    public static string? CanonicalTicker(string? ticker) =>
        string.IsNullOrWhiteSpace(ticker) ? null : ticker.Trim().ToUpperInvariant();

    /// <summary>Reads a canonical text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The key, or null if the text is not one.</returns>
    public static SeriesKey? Parse(string text)
    {
        var parts = text.Split('|');
        return parts.Length == 6 && parts[0] == Version ? new SeriesKey(parts[1], parts[2], parts[3], parts[4], parts[5]) : null;
    }

    /// <summary>The same series' key for another data type.</summary>
    /// <param name="dataType">The data type.</param>
    public SeriesKey For(string dataType) => new(Provider, Escape(dataType.Trim().ToUpperInvariant()), Ticker, Frequency, Parameters);

    /// <summary>A part of a key as the user wrote it.</summary>
    /// <param name="part">An escaped part.</param>
    public static string Unescape(string part) => part.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(part) : part;

    /// <summary>The parameters by name, as the user wrote them but for case and order of the names.</summary>
    public IReadOnlyDictionary<string, string> ReadParameters() => Parameters
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair.Length == 2)
        .ToDictionary(pair => Unescape(pair[0]), pair => Unescape(pair[1]), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a parameter's name speaks of a secret.</summary>
    /// <param name="name">The parameter's name.</param>
    public static bool IsSecret(string name)
    {
        if (SecretNames.Contains(name))
        {
            return true;
        }

        foreach (var ending in SecretEndings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Canonical(IReadOnlyDictionary<string, string>? parameters)
    {
        if (parameters is null || parameters.Count == 0)
        {
            return string.Empty;
        }

        var pairs = parameters
            .Select(p => $"{Escape(p.Key.Trim().ToLowerInvariant())}={Escape(IsSecret(p.Key.Trim()) ? Hidden(p) : p.Value.Trim())}")
            .Order(StringComparer.Ordinal);
        return string.Join('&', pairs);
    }

    // Hashed with its name, so that equal secrets of different names look different.
    private static string Hidden(KeyValuePair<string, string> parameter) =>
        "#" + Files.Hash128.Of($"{parameter.Key.Trim().ToLowerInvariant()}\n{parameter.Value.Trim()}");

    private static string Escape(string text)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '|' or '%' or '&' or '=' || char.IsControl(c))
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + 8);
                escaped.Append('%').Append(((int)c).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                escaped?.Append(c);
            }
        }

        return escaped?.ToString() ?? text;
    }
}
