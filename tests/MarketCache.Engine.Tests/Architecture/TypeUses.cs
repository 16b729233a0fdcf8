using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MarketCache.Engine.Tests.Architecture;

/// <summary>
/// Which namespaces of an assembly use which others, read from its metadata and IL: unlike <c>using</c> lines it also shows what code
/// in a nested namespace takes from the namespaces around it.
/// </summary>
internal static class TypeUses
{
    /// <summary>Every use: the namespace and type that uses, and what it uses.</summary>
    public static IReadOnlyCollection<(string From, string User, string To, string Used)> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        var names = new NameReader(reader);
        var uses = new HashSet<(string, string, string, string)>();
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            var user = names.OfType(handle);
            if (user.Namespace.Length == 0)
            {
                continue;
            }

            var used = new List<EntityHandle> { type.BaseType };
            used.AddRange(type.GetInterfaceImplementations().Select(i => reader.GetInterfaceImplementation(i).Interface));
            used.AddRange(type.GetCustomAttributes().Select(a => reader.GetCustomAttribute(a).Constructor));
            foreach (var field in type.GetFields())
            {
                Add(reader.GetFieldDefinition(field).DecodeSignature(names, null));
            }

            foreach (var property in type.GetProperties())
            {
                var signature = reader.GetPropertyDefinition(property).DecodeSignature(names, null);
                Add(signature.ReturnType);
            }

            foreach (var handled in type.GetMethods())
            {
                var method = reader.GetMethodDefinition(handled);
                var signature = method.DecodeSignature(names, null);
                Add(signature.ReturnType);
                foreach (var parameter in signature.ParameterTypes)
                {
                    Add(parameter);
                }

                if (method.RelativeVirtualAddress != 0)
                {
                    var body = file.GetMethodBody(method.RelativeVirtualAddress);
                    used.AddRange(body.ExceptionRegions.Where(r => !r.CatchType.IsNil).Select(r => r.CatchType));
                    used.AddRange(IlTokens.Of(body.GetILBytes()!).Select(token => (EntityHandle)System.Reflection.Metadata.Ecma335.MetadataTokens.EntityHandle(token)));
                    if (!body.LocalSignature.IsNil)
                    {
                        foreach (var local in reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null))
                        {
                            Add(local);
                        }
                    }
                }
            }

            foreach (var entity in used)
            {
                Add(names.Of(entity));
            }

            void Add(IEnumerable<(string Namespace, string Name)> found)
            {
                foreach (var (space, name) in found)
                {
                    if (space != user.Namespace)
                    {
                        uses.Add((user.Namespace, user.Name, space, name));
                    }
                }
            }
        }

        return uses;
    }
}
