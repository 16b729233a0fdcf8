using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace MarketCache.Module.Tests;

/// <summary>Gives this process, and with it the one cache of its sessions, folders of its own.</summary>
internal static class TestProcess
{
    /// <summary>A folder that is deleted when the process ends.</summary>
    public static string Folder { get; } = Path.Combine(Path.GetTempPath(), "marketcache-tests", Guid.NewGuid().ToString("N"));

    [ModuleInitializer]
    internal static void Isolate()
    {
        // Tests may name the module's types before the first session has imported it.
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name is "MarketCache.Abstractions" or "MarketCache.PowerShell" ? context.LoadFromAssemblyPath(Path.Combine(Checkout.Root, "module", "bin", name.Name + ".dll")) : null;

        Directory.CreateDirectory(Folder);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(Folder, "cache"));
        Environment.SetEnvironmentVariable("XDG_CONFIG_HOME", Path.Combine(Folder, "config"));
        Environment.SetEnvironmentVariable("LOCALAPPDATA", Path.Combine(Folder, "local"));
        Environment.SetEnvironmentVariable("APPDATA", Path.Combine(Folder, "roaming"));
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("MARKETCACHE_", StringComparison.Ordinal)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (IOException)
            {
                // The cache may be closing; what is left is in the temporary folder.
            }
        };
    }
}
