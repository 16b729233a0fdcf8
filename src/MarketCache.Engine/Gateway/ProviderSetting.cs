using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Gateway;

/// <summary>A setting that a provider's entry may have.</summary>
/// <param name="Name">Its name, dotted below the entry.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsLive">Whether a change takes effect in a running session.</param>
/// <param name="Description">What it means.</param>
/// <param name="Read">Refuses a wrong value.</param>
internal sealed record ProviderSetting(
    string Name, string Type, bool IsLive, string Description, Action<NodeReader, DataNode, string> Read)
{
    private static readonly string[] OverHttp = ["Yahoo", "Fred", "Tiingo", "AlphaVantage"];

    private static readonly string[] OfFiles = ["Csv"];

    /// <summary>The implementations that have it; null for all.</summary>
    public IReadOnlyList<string>? Of { get; init; }

    /// <summary>The implementations there are.</summary>
    public static IReadOnlyList<string> Types { get; } = ["Yahoo", "Fred", "Tiingo", "AlphaVantage", "Csv", "Sample"];

    /// <summary>Every setting: those of the gateway, which all have, then those of the implementations.</summary>
    public static IReadOnlyList<ProviderSetting> All { get; } =
    [
        new("type", "text", false, "Which implementation it uses: " + string.Join(", ", Types) + ". The entry's name where left out.", (r, n, k) => r.Choice(n, k, Types)),
        new("enabled", "true or false", false, "Whether it may be called.", (r, n, k) => r.Boolean(n, k)),
        new("budget.per_second", "whole number", true, "The most calls in any second.", ReadCalls),
        new("budget.per_minute", "whole number", true, "The most calls in any minute.", ReadCalls),
        new("budget.per_hour", "whole number", true, "The most calls in any hour.", ReadCalls),
        new("budget.per_day", "whole number", true, "The most calls in any 24 hours.", ReadCalls),
        new("cost_per_call", "number", true, "What a call costs, in a currency of yours.", (r, n, k) => r.Decimal(n, k, 0m, 1_000_000m)),
        new("concurrency", "whole number", false, "The most calls under way at once.", (r, n, k) => r.Integer(n, k, 1, 1024)),
        new("timeout_seconds", "number", false, "How long one try may take, in seconds.", (r, n, k) => r.Number(n, k, 0.01, 86400)),
        new("retries", "whole number", false, "How often a call that failed for a passing reason is tried again.", (r, n, k) => r.Integer(n, k, 0, 20)),
        new("retry_delay_seconds", "number", false, "The pause before the first further try, in seconds; it doubles each time.", (r, n, k) => r.Number(n, k, 0, 600)),
        new("max_wait_seconds", "number", false, "The longest a request waits for the budget or a cool-down, in seconds.", (r, n, k) => r.Number(n, k, 0, 600)),
        new("breaker.minimum_calls", "whole number", false, "The fewest calls in the window after which the circuit breaker judges.", (r, n, k) => r.Integer(n, k, 2, 10_000)),
        new("breaker.failure_ratio", "number", false, "The share of failed calls that opens the breaker, 0.01 to 1.", (r, n, k) => r.Number(n, k, 0.01, 1)),
        new("breaker.window_seconds", "number", false, "The breaker's window, in seconds.", (r, n, k) => r.Number(n, k, 0.5, 86400)),
        new("breaker.open_seconds", "number", false, "How long the open breaker refuses calls, in seconds.", (r, n, k) => r.Number(n, k, 0.5, 86400)),
        new("key_env", "text", false, "The environment variable that holds the service's key.", ReadVariableName) { Of = OverHttp },
        new("key_vault", "text", false, "The SecretManagement vault that holds the service's key.", ReadText) { Of = OverHttp },
        new("key_secret", "text", false, "The key's name in the vault; the provider's name where left out.", ReadText) { Of = OverHttp },
        new("base_address", "text", false, "The service's address.", ReadAddress) { Of = OverHttp },
        new("base_addresses", "list", false, "The service's addresses, first choice first.", ReadAddresses) { Of = OverHttp },
        new("redirect_hosts", "list", false, "Hosts that the service may redirect to.", ReadTexts) { Of = OverHttp },
        new("user_agent", "text", false, "The User-Agent header.", ReadText) { Of = OverHttp },
        new("max_response_mb", "number", false, "The largest answer accepted, in MiB.", (r, n, k) => r.Number(n, k, 0.0001, 1024)) { Of = OverHttp },
        new("adjusted", "true or false", false, "Whether adjusted prices are asked for.", (r, n, k) => r.Boolean(n, k)) { Of = ["AlphaVantage"] },
        new("path", "path", false, "The folder, or a zip file of CSV files; a relative path starts at the file that names it.", ReadText) { Of = OfFiles },
        new("file", "text", false, "The file of a ticker, {ticker} standing for it.", ReadText) { Of = OfFiles },
        new("files", "map", false, "By ticker its file, where the name does not follow from the ticker.", ReadMap) { Of = OfFiles },
        new("entry", "text", false, "The file inside a zip file.", ReadText) { Of = OfFiles },
        new("header", "true or false", false, "Whether the first line holds the columns' names.", (r, n, k) => r.Boolean(n, k)) { Of = OfFiles },
        new("columns", "map", false, "By column its name in the header line, or its position, the first being 1.", ReadMap) { Of = OfFiles },
        new("date_format", "list", false, "The dates' formats, e.g. yyyyMMdd HH:mm.", ReadTexts) { Of = OfFiles },
        new("time_zone", "text", false, "The zone of the times, an IANA id.", ReadText) { Of = OfFiles },
        new("price_scale", "number", false, "What prices are divided by.", ReadScale) { Of = OfFiles },
        new("value_scale", "number", false, "What other values are divided by.", ReadScale) { Of = OfFiles },
        new("delimiter", "text", false, "The character between columns, or tab.", ReadDelimiter) { Of = OfFiles },
        new("missing", "list", false, "What stands for a missing value.", ReadMissing) { Of = OfFiles },
        new("data_types", "list", false, "The data types the files hold.", ReadTexts) { Of = OfFiles },
        new("frequencies", "list", false, "The frequencies the files hold.", ReadTexts) { Of = OfFiles },
        new("fractional_volume", "true or false", false, "Whether volumes have decimals.", (r, n, k) => r.Boolean(n, k)) { Of = OfFiles },
        new("currency", "text", false, "The prices' currency, ISO 4217.", ReadText) { Of = OfFiles },
        new("unit", "text", false, "The values' unit.", ReadText) { Of = OfFiles },
        new("calendar", "text", false, "The trading calendar of the files' tickers.", ReadText) { Of = OfFiles },
        new("max_size_mb", "number", false, "The largest file accepted, unpacked, in MiB.", (r, n, k) => r.Number(n, k, 0.001, 16384)) { Of = OfFiles },
    ];

    /// <summary>Names under which people put a key itself; a file is no place for it.</summary>
    public static bool IsSecretName(string name) => name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal)
        is "key" or "apikey" or "token" or "apitoken" or "accesstoken" or "secret" or "password" or "authorization" or "bearer";

    /// <summary>The settings of an implementation.</summary>
    /// <param name="type">The implementation.</param>
    public static IReadOnlyList<ProviderSetting> For(string type)
    {
        var settings = new List<ProviderSetting>();
        foreach (var setting in All)
        {
            if (setting.Of is null || setting.Of.Contains(type))
            {
                settings.Add(setting);
            }
        }

        return settings;
    }

    private static void ReadText(NodeReader reader, DataNode node, string key) => reader.Text(node, key);

    private static void ReadTexts(NodeReader reader, DataNode node, string key) => reader.Texts(node, key, "a list");

    private static void ReadMap(NodeReader reader, DataNode node, string key)
    {
        foreach (var (name, value) in reader.Map(node, key).Entries)
        {
            reader.Text(value, key + "." + name);
        }
    }

    private static void ReadScale(NodeReader reader, DataNode node, string key) => reader.Number(node, key, 1e-15, 1e15);

    private static void ReadMissing(NodeReader reader, DataNode node, string key)
    {
        foreach (var item in node.Items)
        {
            if (item.Kind != DataNodeKind.Scalar)
            {
                throw reader.Wrong(item, key, "a list of texts");
            }
        }

        if (node.Kind == DataNodeKind.Map)
        {
            throw reader.Wrong(node, key, "a list of texts");
        }
    }

    private static void ReadDelimiter(NodeReader reader, DataNode node, string key)
    {
        if (node.Kind != DataNodeKind.Scalar || !(node.Text.Length == 1 || node.Text is "tab" or "\\t"))
        {
            throw reader.Wrong(node, key, "one character or tab");
        }
    }

    private static void ReadAddresses(NodeReader reader, DataNode node, string key)
    {
        if (node.Kind != DataNodeKind.List)
        {
            ReadAddress(reader, node, key);
            return;
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            ReadAddress(reader, node.Items[i], NodeReader.Item(key, i));
        }
    }

    private static void ReadAddress(NodeReader reader, DataNode node, string key)
    {
        // What stands there is not shown: a name and password, or a key in the query, may be part of it.
        if (!Uri.TryCreate(reader.Text(node, key, "an address"), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw reader.Refuse(node, key, "this is no address of a service", "https or http, without user name, query or fragment");
        }
    }

    private static void ReadCalls(NodeReader reader, DataNode node, string key) => reader.Integer(node, key, 1, 1_000_000);

    private static void ReadVariableName(NodeReader reader, DataNode node, string key)
    {
        var name = reader.Text(node, key, "the name of an environment variable");
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                // The text is not shown: it may be the key itself, put here by mistake.
                throw reader.Refuse(node, key, "this cannot name an environment variable", "letters, digits and underscores; the key itself goes into that variable");
            }
        }

        if (char.IsAsciiDigit(name[0]) || name.Length > 128)
        {
            throw reader.Refuse(node, key, "this cannot name an environment variable", string.Create(CultureInfo.InvariantCulture, $"a letter first, {128} characters at most"));
        }
    }
}
