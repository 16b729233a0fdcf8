using System.Management.Automation;
using System.Net;
using System.Security;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Lets a key be given as a <see cref="SecureString"/>, as the password of a credential, or as text. Anything else is refused without
/// being shown: PowerShell's own message would repeat a text that it cannot convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            SecureString { Length: > 0 } key => key,
            PSCredential { Password.Length: > 0 } credential => credential.Password,
            string { Length: > 0 } text => new NetworkCredential(string.Empty, text).SecurePassword,
            _ => throw new ArgumentTransformationMetadataException("This is not a key. Use a SecureString (Read-Host -AsSecureString), a credential or text."),
        };
}
