using System.Text;
using MarketCache.Engine.Files;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>Changes single settings of a user's file and leaves everything else of it as it is: comments, order, layout, line ends.</summary>
public static class ConfigurationEditor
{
    private const string Header = "# MarketCache configuration: what differs from the shipped defaults. docs/configuration.md describes every key.\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sets a key in a file. The file and its folder are made where there are none; it is replaced in one step or not at all, and processes that change it at once take turns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The dotted key, e.g. <c>cache.memory.max_size</c>.</param>
    /// <param name="value">The value as configuration spells it; lists and maps as <c>[a, b]</c> and <c>{a: 1}</c>.</param>
    /// <exception cref="ConfigurationException">The key or value is wrong, the file is wrong already, or it cannot be read or written.</exception>
    public static void Set(string path, string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            var file = UserFile.Target(Path.GetFullPath(path));
            var folder = Path.GetDirectoryName(file)!;
            Directory.CreateDirectory(folder);
            var turn = TakeTurn(file);
            try
            {
                var (text, encoding) = Read(file);
                UserFile.Put([.. encoding.GetPreamble(), .. encoding.GetBytes(Edit(text, key, value, path))], file);
            }
            finally
            {
                turn.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ConfigurationException(path, 0, 0, key, "the file cannot be changed: " + e.Message.TrimEnd('.'), innerException: e);
        }
    }

    /// <summary>The text of a file with a key set.</summary>
    /// <param name="text">The file's text; empty for a new one.</param>
    /// <param name="key">The dotted key.</param>
    /// <param name="value">The value.</param>
    /// <param name="file">The file's name, for messages.</param>
    internal static string Edit(string text, string key, string value, string file)
    {
        // The key and value are checked first: what is wrong with them is not the file's fault.
        Check(ConfigurationTree.Of(key, value, file), file);

        var before = UserFileReader.Read(text, file);
        if (before is not null)
        {
            Check(before, file);
        }

        var lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var parts = ConfigurationTree.Split(key);
        var edited = before is null
            ? Append(text.Length == 0 ? Header.Replace("\n", lineEnd, StringComparison.Ordinal) : text, Lines(parts, 0, 0, value, lineEnd), lineEnd)
            : new YamlTextEdit(text, file).Set(parts, value, lineEnd);

        Verify(before, edited, parts, value, file, key);
        return edited;
    }

    /// <summary>A value as YAML spells it in a place where a single value is expected.</summary>
    internal static string Format(string value)
    {
        if (value.TrimStart() is ['[', ..] or ['{', ..])
        {
            return value.Trim();
        }

        var isPlain = value.Length > 0 && (char.IsAsciiLetterOrDigit(value[0]) || value[0] is '.' or '/' or '~' or '_') && value[^1] is not (' ' or ':');
        foreach (var c in value)
        {
            isPlain &= char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '\\' or '~' or '_' or '-' or '+' or ' ' or '%' or '*';
        }

        return isPlain ? value : "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'";
    }

    /// <summary>A key as YAML spells it.</summary>
    internal static string FormatKey(string key) => key.StartsWith('*') ? "'" + key + "'" : Format(key);

    /// <summary>The lines that hold a value below keys.</summary>
    /// <param name="parts">The keys.</param>
    /// <param name="from">The first key to write.</param>
    /// <param name="indent">Spaces before it.</param>
    /// <param name="value">The value.</param>
    /// <param name="lineEnd">The file's line end.</param>
    internal static string Lines(IReadOnlyList<string> parts, int from, int indent, string value, string lineEnd)
    {
        var lines = new StringBuilder();
        for (var i = from; i < parts.Count; i++)
        {
            lines.Append(' ', indent + (2 * (i - from))).Append(FormatKey(parts[i])).Append(':');
            if (i == parts.Count - 1)
            {
                lines.Append(' ').Append(Format(value));
            }

            lines.Append(lineEnd);
        }

        return lines.ToString();
    }

    private static string Append(string text, string lines, string lineEnd) =>
        text.Length == 0 || text.EndsWith('\n') ? text + lines : text + lineEnd + lines;

    private static void Check(DataNode root, string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var builder = new ConfigurationBuilder(new PlatformFolders(null, null, null));
        builder.Read(root, ConfigurationLayer.UserFile, file, folder);
        builder.ReadOverlays(root, file, folder);
    }

    /// <summary>Checks that the edit did what it should and nothing else, for any YAML.</summary>
    private static void Verify(DataNode? before, string edited, IReadOnlyList<string> parts, string value, string file, string key)
    {
        DataNode? after;
        try
        {
            after = UserFileReader.Read(edited, file);
        }
        catch (ConfigurationException e)
        {
            throw ByHand(file, key, e);
        }

        var old = Leaves(before);
        var changed = Leaves(after);
        var path = string.Join('\n', parts);
        foreach (var (leaf, text) in old)
        {
            // Neither what lies below the key, nor a single value above it, has to stay.
            if (!IsAtOrBelow(leaf, path) && !IsAtOrBelow(path, leaf) && !(changed.TryGetValue(leaf, out var same) && same == text))
            {
                throw ByHand(file, key, null);
            }
        }

        foreach (var leaf in changed.Keys)
        {
            if (!IsAtOrBelow(leaf, path) && !old.ContainsKey(leaf))
            {
                throw ByHand(file, key, null);
            }
        }

        var isCollection = value.TrimStart() is ['[', ..] or ['{', ..];
        var places = ConfigurationKeys.StandsFor(parts).Select(part => path + "\n" + part).DefaultIfEmpty(path);
        if (!isCollection && !places.All(place => changed.TryGetValue(place, out var set) && set == value))
        {
            throw ByHand(file, key, null);
        }

        Check(after!, file);
    }

    private static bool IsAtOrBelow(string leaf, string path) =>
        leaf.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (leaf.Length == path.Length || leaf[path.Length] == '\n');

    private static Dictionary<string, string> Leaves(DataNode? root)
    {
        var leaves = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (root is not null)
        {
            Collect(root, "");
        }

        return leaves;

        void Collect(DataNode node, string path)
        {
            switch (node.Kind)
            {
                case DataNodeKind.Map:
                    foreach (var (name, value) in node.Entries)
                    {
                        Collect(value, path.Length == 0 ? name : path + "\n" + name);
                    }

                    break;
                case DataNodeKind.List:
                    for (var i = 0; i < node.Items.Count; i++)
                    {
                        Collect(node.Items[i], NodeReader.Item(path + "\n", i));
                    }

                    break;
                default:
                    if (!node.IsNull)
                    {
                        foreach (var place in ConfigurationKeys.StandsFor(path.Split('\n')).Select(part => path + "\n" + part).DefaultIfEmpty(path))
                        {
                            leaves[place] = node.Text;
                        }
                    }

                    break;
            }
        }
    }

    private static ConfigurationException ByHand(string file, string key, Exception? cause) =>
        new(file, 0, 0, key, "the layout of the file does not allow this key to be set without changing others; edit the file by hand", innerException: cause);

    private static (string Text, Encoding Encoding) Read(string path)
    {
        if (!File.Exists(path))
        {
            return ("", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        var bytes = File.ReadAllBytes(path);
        using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        try
        {
            var text = reader.ReadToEnd();
            return (text, reader.CurrentEncoding);
        }
        catch (DecoderFallbackException e)
        {
            throw new IOException("it is not UTF-8 text", e);
        }
    }

    /// <summary>Keeps others from editing the same file between reading and replacing it.</summary>
    /// <exception cref="IOException">Another process has been editing it for too long.</exception>
    private static IAsyncDisposable TakeTurn(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var locks = new FileLocks(folder, () => UserFile.TrustOf(file), new IoGuard(folder, Patience), TimeProvider.System, () => Directory.CreateDirectory(folder));
        return locks.LockAsync(file, Patience, CancellationToken.None).AsTask().GetAwaiter().GetResult()
            ?? throw new IOException("another process is changing it");
    }
}
