using System.Globalization;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Providers.Http;

/// <summary>The settings of providers of web services.</summary>
internal static class HttpSettings
{
    /// <summary>Every one.</summary>
    public static IReadOnlyList<ProviderSetting> All { get; } =
    [
        new("key_env", "text", "The environment variable that holds the service's key.", ReadVariableName),
        ProviderSetting.Text("key_vault", "The SecretManagement vault that holds the service's key."),
        ProviderSetting.Text("key_secret", "The key's name in the vault; the provider's name where left out."),
        new("base_address", "text", "The service's address.", ReadAddress),
        new("base_addresses", "list", "The service's addresses, first choice first.", ReadAddresses),
        ProviderSetting.List("redirect_hosts", "Hosts that the service may redirect to."),
        ProviderSetting.Text("user_agent", "The User-Agent header."),
        ProviderSetting.Number("max_response_mb", 0.0001, 1024, "The largest answer accepted, in MiB."),
    ];

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
