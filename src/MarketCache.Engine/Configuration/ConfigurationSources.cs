using System.Collections;

namespace MarketCache.Engine.Configuration;

/// <summary>Where configuration is looked for. Everything comes in from outside, so that a test needs no real environment.</summary>
public sealed record ConfigurationSources
{
    /// <summary>The variable that names the user's file.</summary>
    public const string FileVariable = "MARKETCACHE_CONFIG";

    /// <summary>The variable that names the overlay.</summary>
    public const string EnvironmentVariable = "MARKETCACHE_ENV";

    /// <summary>The name of the user's file in the per-user configuration folder.</summary>
    public const string UserFileName = "config.yaml";

    /// <summary>The environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(0);

    /// <summary>The per-user folders.</summary>
    public PlatformFolders Folders { get; init; } = new(null, null, null);

    /// <summary>The <c>cache_config.yaml</c> beside the module; null for none. It is read only where it was edited.</summary>
    public string? ShippedFile { get; init; }

    /// <summary>A user file that is read instead of the one that <c>MARKETCACHE_CONFIG</c> or the folder names; null for theirs.</summary>
    public string? UserFile { get; init; }

    /// <summary>An overlay that is used instead of the one that <c>MARKETCACHE_ENV</c> names; null for its.</summary>
    public string? EnvironmentName { get; init; }

    /// <summary>Where relative paths of variables and runtime values start.</summary>
    public string WorkingDirectory { get; init; } = Path.GetPathRoot(Environment.CurrentDirectory) ?? "/";

    /// <summary>The file that <c>-Persist</c> writes and that is read as the user's file where it is there; null if there is no place for one.</summary>
    public string? UserFilePath
    {
        get
        {
            var named = UserFile ?? Variable(FileVariable);
            return named is not null
                ? ConfigurationPath.Resolve(named, WorkingDirectory, Folders.Home)
                : Folders.Configuration is { } folder ? Path.Combine(folder, UserFileName) : null;
        }
    }

    /// <summary>Whether the user's file is named and so must be there.</summary>
    internal bool IsUserFileNamed => UserFile is not null || Variable(FileVariable) is not null;

    /// <summary>The overlay's name; null for none.</summary>
    internal string? Overlay => EnvironmentName ?? Variable(EnvironmentVariable);

    /// <summary>This process's environment, folders and working directory.</summary>
    /// <param name="shippedFile">The <c>cache_config.yaml</c> beside the module; null for none.</param>
    public static ConfigurationSources FromProcess(string? shippedFile = null)
    {
        var variables = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return new ConfigurationSources
        {
            Variables = variables,
            Folders = PlatformFolders.Find(variables),
            ShippedFile = shippedFile,
            WorkingDirectory = Environment.CurrentDirectory,
        };
    }

    private string? Variable(string name) => Variables.TryGetValue(name, out var value) && VariableReader.Unquote(value) is { Length: > 0 } text ? text : null;
}
