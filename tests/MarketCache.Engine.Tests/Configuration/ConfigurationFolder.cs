using MarketCache.Engine.Configuration;

namespace MarketCache.Engine.Tests.Configuration;

/// <summary>A folder of its own for a test, with the sources that look there and nowhere else.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public ConfigurationFolder()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("marketcache-config-").FullName;
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "settings"));
        Sources = new ConfigurationSources
        {
            Folders = new PlatformFolders(Path.Combine(Directory, "settings"), Path.Combine(Directory, "cache"), Path.Combine(Directory, "home")),
            WorkingDirectory = Path.Combine(Directory, "work"),
        };
    }

    public string Directory { get; }

    public string UserFile => Path.Combine(Directory, "settings", "config.yaml");

    public ConfigurationSources Sources { get; private set; }

    public static MarketCacheOptions LoadText(string yaml)
    {
        using var folder = new ConfigurationFolder();
        return folder.Write(yaml).Load().Options;
    }

    public static ConfigurationException Refused(string yaml)
    {
        using var folder = new ConfigurationFolder();
        return Assert.Throws<ConfigurationException>(() => folder.Write(yaml).Load());
    }

    public ConfigurationFolder Write(string yaml)
    {
        File.WriteAllText(UserFile, yaml);
        return this;
    }

    public ConfigurationFolder WithVariables(params (string Name, string Value)[] variables)
    {
        Sources = Sources with { Variables = variables.ToDictionary(v => v.Name, v => v.Value) };
        return this;
    }

    public ConfigurationFolder With(Func<ConfigurationSources, ConfigurationSources> change)
    {
        Sources = change(Sources);
        return this;
    }

    public LoadedConfiguration Load() => ConfigurationLoader.Load(Sources);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
