using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace MarketCache.Engine.Tests.Architecture;

/// <summary>Names the types in signatures and behind tokens; a nested type counts as the type around it.</summary>
/// <param name="reader">The assembly's metadata.</param>
internal sealed class NameReader(MetadataReader reader) : ISignatureTypeProvider<ImmutableArray<(string Namespace, string Name)>, object?>
{
    private static readonly ImmutableArray<(string Namespace, string Name)> None = [];

    public (string Namespace, string Name) OfType(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? OfType(outer) : (reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    /// <summary>The types that an entity stands for or belongs to.</summary>
    public IEnumerable<(string Namespace, string Name)> Of(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return None;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [OfType((TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference:
                return [OfReference((TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification:
                return reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
            case HandleKind.MethodDefinition:
                return [OfType(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.FieldDefinition:
                return [OfType(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.MemberReference:
                return Of(reader.GetMemberReference((MemberReferenceHandle)handle).Parent);
            case HandleKind.MethodSpecification:
                var method = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                return method.DecodeSignature(this, null).SelectMany(argument => argument).Concat(Of(method.Method));
            default:
                return None;
        }
    }

    private (string Namespace, string Name) OfReference(TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? OfReference((TypeReferenceHandle)type.ResolutionScope)
            : (reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    public ImmutableArray<(string Namespace, string Name)> GetTypeFromDefinition(MetadataReader _, TypeDefinitionHandle handle, byte rawTypeKind) => [OfType(handle)];

    public ImmutableArray<(string Namespace, string Name)> GetTypeFromReference(MetadataReader _, TypeReferenceHandle handle, byte rawTypeKind) => [OfReference(handle)];

    public ImmutableArray<(string Namespace, string Name)> GetTypeFromSpecification(MetadataReader _, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public ImmutableArray<(string Namespace, string Name)> GetGenericInstantiation(
        ImmutableArray<(string Namespace, string Name)> type, ImmutableArray<ImmutableArray<(string Namespace, string Name)>> arguments) =>
        [.. type, .. arguments.SelectMany(argument => argument)];

    public ImmutableArray<(string Namespace, string Name)> GetFunctionPointerType(MethodSignature<ImmutableArray<(string Namespace, string Name)>> signature) =>
        [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(parameter => parameter)];

    public ImmutableArray<(string Namespace, string Name)> GetModifiedType(
        ImmutableArray<(string Namespace, string Name)> modifier, ImmutableArray<(string Namespace, string Name)> unmodified, bool isRequired) => unmodified;

    public ImmutableArray<(string Namespace, string Name)> GetArrayType(ImmutableArray<(string Namespace, string Name)> element, ArrayShape shape) => element;

    public ImmutableArray<(string Namespace, string Name)> GetSZArrayType(ImmutableArray<(string Namespace, string Name)> element) => element;

    public ImmutableArray<(string Namespace, string Name)> GetByReferenceType(ImmutableArray<(string Namespace, string Name)> element) => element;

    public ImmutableArray<(string Namespace, string Name)> GetPointerType(ImmutableArray<(string Namespace, string Name)> element) => element;

    public ImmutableArray<(string Namespace, string Name)> GetPinnedType(ImmutableArray<(string Namespace, string Name)> element) => element;

    public ImmutableArray<(string Namespace, string Name)> GetGenericMethodParameter(object? context, int index) => None;

    public ImmutableArray<(string Namespace, string Name)> GetGenericTypeParameter(object? context, int index) => None;

    public ImmutableArray<(string Namespace, string Name)> GetPrimitiveType(PrimitiveTypeCode code) => None;
}
