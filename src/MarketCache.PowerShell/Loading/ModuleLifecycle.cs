using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace MarketCache.PowerShell.Loading;

/// <summary>Lets the engine be found from the moment the module is imported until it is removed.</summary>
public sealed class ModuleLifecycle : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Called by PowerShell for every import into a runspace.</summary>
    public void OnImport()
    {
        AssemblyLoadContext.Default.Resolving += EngineLoadContext.Resolve;

        // Scripts may name the row types, [MarketCache.OhlcvRow], before the first row has come.
        RuntimeHelpers.RunClassConstructor(typeof(DataRequest).TypeHandle);
    }

    /// <summary>Called by PowerShell for every removal from a runspace; takes back one import, so other runspaces are not affected.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= EngineLoadContext.Resolve;
}
