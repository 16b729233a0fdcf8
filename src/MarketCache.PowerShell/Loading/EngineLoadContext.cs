using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace MarketCache.PowerShell.Loading;

/// <summary>
/// Where the engine and its dependencies live, apart from every other module's: any version of a library that a session has
/// loaded, the engine uses its own. Only MarketCache.Abstractions is shared, so that emitted objects have one type.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private const string EngineAssembly = "MarketCache.Engine";

    private static readonly Lazy<EngineLoadContext> Instance = new(() => new EngineLoadContext());

    private readonly string[] _folders;

    private EngineLoadContext()
        : base(EngineAssembly)
    {
        var folder = Path.Combine(Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location)!, "engine");
        var native = Path.Combine(folder, Platform);
        _folders = Directory.Exists(native) ? [native, folder] : [folder];
    }

    /// <summary>Answers the default context when it does not find the engine.</summary>
    /// <param name="context">The context that asks.</param>
    /// <param name="name">The assembly requested.</param>
    internal static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        _ = context;
        return name.Name == EngineAssembly ? Instance.Value.LoadFromAssemblyName(name) : null;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == "MarketCache.Abstractions")
        {
            return typeof(DataRequest).Assembly;
        }

        // Meters and activities only meet their listeners, and the framework's HTTP its own types, in the framework's copy.
        if (assemblyName.Name == "System.Diagnostics.DiagnosticSource" && FromFramework(assemblyName) is { } shared)
        {
            return shared;
        }

        foreach (var folder in _folders)
        {
            var path = Path.Combine(folder, assemblyName.Name + ".dll");
            if (File.Exists(path))
            {
                return LoadFromAssemblyPath(path);
            }
        }

        return null;
    }

    /// <summary>The name of the folder that may hold machine code for this platform, e.g. <c>linux-x64</c>; the IL beside it serves all.</summary>
    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "-x64",
            Architecture.Arm64 => "-arm64",
            var other => "-" + other,
        };

    private static Assembly? FromFramework(AssemblyName name)
    {
        try
        {
            return Default.LoadFromAssemblyName(name);
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException)
        {
            // The host's framework has an older one, or none: the module's own serves.
            return null;
        }
    }
}
