namespace MarketCache.Module.Tests;

/// <summary>Fresh processes that share one cache folder of their own.</summary>
public sealed class IsolatedShell : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "marketcache-tests", Guid.NewGuid().ToString("N"));

    public IsolatedShell() => Directory.CreateDirectory(_folder);

    /// <summary>A folder that is deleted with this object.</summary>
    public string Folder => _folder;

    /// <summary>Variables to set besides those that isolate.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Runs a script in a new process.</summary>
    internal Task<ShellProcessResult> RunAsync(string script, bool import = true) => ShellProcess.RunAsync(script, Variables(), import);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Dictionary<string, string?> Variables()
    {
        var variables = new Dictionary<string, string?>(Environment)
        {
            ["HOME"] = _folder,
            ["USERPROFILE"] = _folder,
            ["LOCALAPPDATA"] = Path.Combine(_folder, "local"),
            ["APPDATA"] = Path.Combine(_folder, "roaming"),
            ["XDG_CACHE_HOME"] = Path.Combine(_folder, "cache"),
            ["NO_COLOR"] = "1",
            ["XDG_CONFIG_HOME"] = Path.Combine(_folder, "config"),
        };
        return variables;
    }
}
