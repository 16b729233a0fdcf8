using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>Reads entries of <c>cache.providers</c>.</summary>
internal static class ProviderReader
{
    /// <summary>Reads an entry over what earlier layers said of it.</summary>
    /// <param name="reader">Names the file.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="node">The entry.</param>
    /// <param name="key">Its key.</param>
    /// <param name="known">What earlier layers said; null for nothing.</param>
    /// <param name="file">The file; null for variables and runtime values, which leave the entry's file as it is.</param>
    public static ProviderOptions Read(ConfigurationReader reader, string name, DataNode node, string key, ProviderOptions? known, string? file)
    {
        CheckName(reader, name, node, key);
        reader.Map(node, key, "a map: type and the provider's settings");
        var type = known?.Type;
        var settings = new Dictionary<string, object>(known?.Settings ?? new Dictionary<string, object>(0), StringComparer.OrdinalIgnoreCase);
        foreach (var (part, value) in node.Entries)
        {
            var path = key + "." + part;
            if (string.Equals(part, "type", StringComparison.OrdinalIgnoreCase))
            {
                type = reader.Choice(value, path, ProviderSetting.Types);
                continue;
            }

            Check(reader, part, value, path);
            if (value.IsNull)
            {
                settings.Remove(part);
            }
            else
            {
                settings[part.ToLowerInvariant()] = Merge(settings.GetValueOrDefault(part), value);
            }
        }

        if (type is null)
        {
            type = ProviderSetting.Types.FirstOrDefault(t => string.Equals(t, name, StringComparison.OrdinalIgnoreCase))
                ?? throw reader.RefuseKey(
                    node, key, "the type is missing", "type: one of " + string.Join(", ", ProviderSetting.Types), NearestName.Find(name, ProviderSetting.Types));
        }

        // A built-in provider keeps its spelling, whoever configures it.
        var shown = known?.Name ?? (string.Equals(name, type, StringComparison.OrdinalIgnoreCase) ? type : name);
        return new ProviderOptions { Name = shown, Type = type, Settings = settings, SourceFile = file ?? known?.SourceFile };
    }

    private static void CheckName(ConfigurationReader reader, string name, DataNode node, string key)
    {
        var isName = name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]);
        foreach (var c in name)
        {
            isName &= char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
        }

        if (!isName)
        {
            throw reader.RefuseKey(node, key, "this cannot name a provider", "letters, digits, underscores and hyphens, at most 64");
        }
    }

    private static void Check(ConfigurationReader reader, string name, DataNode node, string key)
    {
        if (ProviderSetting.IsSecretName(name))
        {
            throw reader.RefuseKey(
                node, key, "a secret does not belong into a configuration file", "key_env with the name of the environment variable that holds it, or key_vault");
        }

        var lower = name.ToLowerInvariant();
        if (lower is "budget" || (lower is "breaker" && node.Kind == DataNodeKind.Map))
        {
            var known = new List<string>();
            foreach (var setting in ProviderSetting.Common)
            {
                if (setting.Name.StartsWith(lower + ".", StringComparison.Ordinal))
                {
                    known.Add(setting.Name[(lower.Length + 1)..]);
                }
            }

            foreach (var (part, value) in reader.Map(node, key, "a map of " + string.Join(", ", known)).Entries)
            {
                var path = key + "." + part;
                Find(lower + "." + reader.Known(part, value, path, known))!.Read(reader, value, path);
            }

            return;
        }

        if (lower is "breaker")
        {
            if (reader.Boolean(node, key))
            {
                throw reader.Wrong(node, key, "false, or a map of its settings");
            }

            return;
        }

        if (!node.IsNull && Find(lower) is { } common)
        {
            common.Read(reader, node, key);
            return;
        }

        CheckNested(reader, node, key);
    }

    /// <summary>Settings of the implementation's own are free; secrets and addresses are looked at wherever they stand.</summary>
    private static void CheckNested(ConfigurationReader reader, DataNode node, string key)
    {
        switch (node.Kind)
        {
            case DataNodeKind.Scalar:
                if (Uri.TryCreate(node.Text, UriKind.Absolute, out var address) && address.UserInfo.Length > 0)
                {
                    throw reader.Refuse(node, key, "an address with a name or password in it", "the bare address; secrets belong into environment variables or a vault");
                }

                break;

            case DataNodeKind.List:
                for (var i = 0; i < node.Items.Count; i++)
                {
                    CheckNested(reader, node.Items[i], ConfigurationReader.Item(key, i));
                }

                break;

            default:
                foreach (var (part, value) in node.Entries)
                {
                    CheckNested(reader, value, key + "." + part);
                }

                break;
        }
    }

    private static ProviderSetting? Find(string name)
    {
        foreach (var setting in ProviderSetting.Common)
        {
            if (setting.Name == name)
            {
                return setting;
            }
        }

        return null;
    }

    private static object Merge(object? known, DataNode node)
    {
        switch (node.Kind)
        {
            case DataNodeKind.Scalar:
                return node.Text;

            case DataNodeKind.List:
                var list = new object[node.Items.Count];
                for (var i = 0; i < list.Length; i++)
                {
                    list[i] = Merge(null, node.Items[i]);
                }

                return list;

            default:
                var map = known is IReadOnlyDictionary<string, object> old
                    ? new Dictionary<string, object>(old, StringComparer.OrdinalIgnoreCase)
                    : new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
                foreach (var (part, value) in node.Entries)
                {
                    if (value.IsNull)
                    {
                        map.Remove(part);
                    }
                    else
                    {
                        map[part] = Merge(map.GetValueOrDefault(part), value);
                    }
                }

                return map;
        }
    }
}
