using System.Reflection;
using System.Reflection.Emit;

namespace MarketCache.Module.Tests;

/// <summary>An assembly on disk that bears a library's name and holds nothing of it, as another module may have brought one.</summary>
internal static class OtherLibrary
{
    /// <summary>Writes the assembly.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="name">The library's name.</param>
    /// <param name="version">The version it claims to be.</param>
    /// <returns>Its path.</returns>
    public static string Write(string folder, string name, Version version)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = version }, typeof(object).Assembly);
        assembly.DefineDynamicModule(name).DefineType("Impostor", TypeAttributes.Public).CreateType();
        var path = Path.Combine(folder, name + ".dll");
        assembly.Save(path);
        return path;
    }
}
