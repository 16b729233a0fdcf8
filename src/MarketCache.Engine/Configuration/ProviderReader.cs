using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
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
    public static ProviderOptions Read(NodeReader reader, string name, DataNode node, string key, ProviderOptions? known, string? file)
    {
        CheckName(reader, name, node, key);
        reader.Map(node, key, "a map of type and the provider's settings");
        var type = ReadType(reader, name, node, key, known);
        var own = BuiltInProviders.All.First(descriptor => descriptor.Name == type).Settings;
        List<ProviderSetting> available = [.. ProviderSetting.Common, .. own];
        var settings = new Dictionary<string, object>(known?.Settings ?? new Dictionary<string, object>(0), StringComparer.OrdinalIgnoreCase);
        foreach (var (part, value) in node.Entries)
        {
            if (string.Equals(part, "type", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            Check(reader, part, value, key + "." + part, available);
            if (value.IsNull)
            {
                settings.Remove(part);
            }
            else
            {
                settings[part.ToLowerInvariant()] = Merge(settings.GetValueOrDefault(part), value);
            }
        }

        // A built-in provider keeps its spelling, whoever configures it.
        var shown = known?.Name ?? (string.Equals(name, type, StringComparison.OrdinalIgnoreCase) ? type : name);
        return new ProviderOptions { Name = shown, Type = type, Settings = settings, SourceFile = file ?? known?.SourceFile };
    }

    private static void CheckName(NodeReader reader, string name, DataNode node, string key)
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

    private static string ReadType(NodeReader reader, string name, DataNode node, string key, ProviderOptions? known)
    {
        foreach (var (part, value) in node.Entries)
        {
            if (string.Equals(part, "type", StringComparison.OrdinalIgnoreCase))
            {
                return reader.Choice(value, key + "." + part, BuiltInProviders.Names);
            }
        }

        return known?.Type
            ?? BuiltInProviders.Names.FirstOrDefault(t => string.Equals(t, name, StringComparison.OrdinalIgnoreCase))
            ?? throw reader.RefuseKey(
                node, key, "the type is missing", "type: one of " + string.Join(", ", BuiltInProviders.Names), NearestName.Find(name, BuiltInProviders.Names));
    }

    private static void Check(NodeReader reader, string name, DataNode node, string key, IReadOnlyList<ProviderSetting> available)
    {
        if (ProviderSetting.IsSecretName(name))
        {
            throw reader.RefuseKey(
                node, key, "a secret does not belong in a configuration file", "key_env with the name of its environment variable, or key_vault");
        }

        var names = new List<string>();
        foreach (var setting in available)
        {
            var dot = setting.Name.IndexOf('.', StringComparison.Ordinal);
            var first = dot < 0 ? setting.Name : setting.Name[..dot];
            if (!names.Contains(first))
            {
                names.Add(first);
            }
        }

        var found = reader.Known(name, node, key, names);
        if (node.IsNull)
        {
            return;
        }

        if (Find(available, found) is { } plain)
        {
            plain.Read(reader, node, key);
            return;
        }

        if (found is "breaker" or "budget" && node.Kind == DataNodeKind.Scalar && !reader.Boolean(node, key))
        {
            return;
        }

        CheckNested(reader, node, key, found, available);
    }

    private static void CheckNested(NodeReader reader, DataNode node, string key, string name, IReadOnlyList<ProviderSetting> available)
    {
        var names = new List<string>();
        foreach (var setting in available)
        {
            if (setting.Name.StartsWith(name + ".", StringComparison.Ordinal))
            {
                names.Add(setting.Name[(name.Length + 1)..]);
            }
        }

        foreach (var (part, value) in reader.Map(node, key, "a map of " + string.Join(", ", names)).Entries)
        {
            var path = key + "." + part;
            var setting = Find(available, name + "." + reader.Known(part, value, path, names))!;
            if (!value.IsNull)
            {
                setting.Read(reader, value, path);
            }
        }
    }

    private static ProviderSetting? Find(IReadOnlyList<ProviderSetting> available, string name)
    {
        foreach (var setting in available)
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
