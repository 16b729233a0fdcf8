using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Configuration;

/// <summary>
/// Loads configuration: shipped defaults, then the shipped file where it was edited, the user's file, the overlay that
/// <c>MARKETCACHE_ENV</c> names, <c>MARKETCACHE_*</c> variables, runtime values; each over the one before.
/// </summary>
public static class ConfigurationLoader
{
    private const string ShippedResource = "cache_config.yaml";

    /// <summary>Loads every layer.</summary>
    /// <param name="sources">Where to look.</param>
    /// <exception cref="ConfigurationException">A layer is wrong; nothing is loaded.</exception>
    public static LoadedConfiguration Load(ConfigurationSources sources) => Load(sources, null);

    /// <summary>Loads what is right: a file or variable that is wrong is left out whole and reported.</summary>
    /// <param name="sources">Where to look.</param>
    /// <param name="problems">What was left out; empty if all is right.</param>
    public static LoadedConfiguration LoadValid(ConfigurationSources sources, out IReadOnlyList<ConfigurationException> problems)
    {
        var found = new List<ConfigurationException>();
        var loaded = Load(sources, found);
        problems = found;
        return loaded;
    }

    private static LoadedConfiguration Load(ConfigurationSources sources, List<ConfigurationException>? problems)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var warnings = new List<string>();
        var builder = new ConfigurationBuilder(sources.Folders);
        var overlays = new List<(string File, IReadOnlyDictionary<string, DataNode> ByName)>();
        var files = new List<string>();

        if (sources.ShippedFile is { } shipped && !IsAsShipped(shipped))
        {
            Try(ref builder, problems, next => ReadFile(next, shipped, ConfigurationLayer.ShippedFile, overlays, files));
        }

        if (sources.UserFilePath is { } user && (sources.IsUserFileNamed || File.Exists(user)))
        {
            Try(ref builder, problems, next => ReadFile(next, user, ConfigurationLayer.UserFile, overlays, files));
        }

        if (sources.Overlay is { } overlay)
        {
            ReadOverlay(ref builder, overlay, overlays, warnings, problems);
        }

        if (VariableReader.AnyIn(sources.Variables))
        {
            foreach (var (variable, key, value) in VariableReader.Read(sources.Variables, warnings))
            {
                Try(ref builder, problems, next => next.Read(ConfigurationTree.Of(key, value, variable), ConfigurationLayer.Variable, variable, sources.WorkingDirectory));
            }
        }

        return new LoadedConfiguration(sources, builder, files, warnings);
    }

    /// <summary>Applies a layer to a copy, so that a wrong one leaves no trace.</summary>
    private static void Try(ref ConfigurationBuilder builder, List<ConfigurationException>? problems, Action<ConfigurationBuilder> read)
    {
        var next = builder.Clone();
        try
        {
            read(next);
            next.Check();
            builder = next;
        }
        catch (ConfigurationException e) when (problems is not null)
        {
            problems.Add(e);
        }
    }

    private static void ReadFile(
        ConfigurationBuilder builder,
        string file,
        ConfigurationLayer layer,
        List<(string File, IReadOnlyDictionary<string, DataNode> ByName)> overlays,
        List<string> files)
    {
        var root = UserFileReader.Read(ReadText(file), file);
        if (root is not null)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            builder.Read(root, layer, file, folder);
            overlays.Add((file, builder.ReadOverlays(root, file, folder)));
        }

        files.Add(file);
    }

    private static void ReadOverlay(
        ref ConfigurationBuilder builder,
        string name,
        List<(string File, IReadOnlyDictionary<string, DataNode> ByName)> overlays,
        List<string> warnings,
        List<ConfigurationException>? problems)
    {
        var isFound = false;
        foreach (var (file, byName) in overlays)
        {
            if (byName.TryGetValue(name, out var content))
            {
                isFound = true;
                Try(
                    ref builder,
                    problems,
                    next => next.Read(content, ConfigurationLayer.Environment, file, Path.GetDirectoryName(Path.GetFullPath(file))!, $"environments.{name}."));
            }
        }

        if (!isFound && overlays.Count > 0)
        {
            var nearest = NearestName.Find(name, overlays.SelectMany(o => o.ByName.Keys));
            warnings.Add(
                $"The environment '{name}' has no overlay in {string.Join(" or ", overlays.Select(o => o.File))}; no overlay was applied."
                + (nearest is null ? "" : $" Did you mean '{nearest}'?"));
        }
    }

    private static string ReadText(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > UserFileReader.MaxLength * 4L)
            {
                throw new ConfigurationException(file, 0, 0, null, "the file is too large", "at most 1 MiB of text");
            }

            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            var problem = e is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist" : "the file cannot be read: " + e.Message.TrimEnd('.');
            throw new ConfigurationException(file, 0, 0, null, problem, "a readable YAML file", innerException: e);
        }
    }

    /// <summary>Whether a file is the one MarketCache ships, byte for byte: then it says what the code says and need not be parsed.</summary>
    private static bool IsAsShipped(string file)
    {
        try
        {
            using var resource = typeof(ConfigurationLoader).Assembly.GetManifestResourceStream(ShippedResource);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            if (resource is null || stream.Length != resource.Length)
            {
                return false;
            }

            var shipped = new byte[resource.Length];
            var found = new byte[resource.Length];
            resource.ReadExactly(shipped);
            stream.ReadExactly(found);
            return shipped.AsSpan().SequenceEqual(found);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The file may be left out: the defaults are in code.
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
