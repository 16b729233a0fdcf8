using System.Collections.Concurrent;
using System.Management.Automation;
using System.Net;
using System.Security;
using MarketCache.PowerShell.Pipeline;

namespace MarketCache.PowerShell.Session;

/// <summary>
/// The keys of providers: those handed to the session, and those of the user's vaults, which are opened by <c>Get-Secret</c> in the
/// session that asks. Kept in memory alone. Safe for use by many threads.
/// </summary>
internal sealed class SessionSecrets : ISecretSource
{
    // Opening a vault takes long and may ask for its password: not at each call.
    private static readonly TimeSpan Remember = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, SecureString> _handed = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Vault, string Name), (SecureString Key, long At)> _found = new();
    private readonly TimeProvider _time;

    /// <param name="time">The clock.</param>
    internal SessionSecrets(TimeProvider time)
    {
        _time = time;
    }

    /// <summary>Takes the key of a provider, for as long as the process lives.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="key">The key; copied.</param>
    internal void Take(string provider, SecureString key)
    {
        var copy = key.Copy();
        copy.MakeReadOnly();
        _handed[provider] = copy;
    }

    /// <summary>Forgets the key that was handed over for a provider, and what vaults told.</summary>
    /// <param name="provider">The provider's name.</param>
    internal void Forget(string provider)
    {
        _handed.TryRemove(provider, out _);
        _found.Clear();
    }

    /// <summary>Forgets what vaults told, so that they are asked again.</summary>
    internal void ForgetVaults() => _found.Clear();

    /// <inheritdoc/>
    /// <exception cref="ProviderException">The vault cannot be opened, or not at this moment.</exception>
    public string? Find(string? vault, string name)
    {
        if (vault is null)
        {
            return _handed.TryGetValue(name, out var handed) ? InClear(handed) : null;
        }

        if (Recall(vault, name, out var known))
        {
            return InClear(known);
        }

        if (PipelinePump.Current is { } pump)
        {
            try
            {
                return pump.InvokeAsync(() => Recall(vault, name, out var meanwhile) ? InClear(meanwhile) : Ask(vault, name)).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is OperationCanceledException or PipelineStoppedException)
            {
                // The command that asked has ended; others may share the call.
            }
        }

        return _found.TryGetValue((vault, name), out var last) ? InClear(last.Key) : throw new ProviderException(
            ProviderErrorKind.Unavailable, $"The vault '{vault}' can be opened only while a command waits for it. Repeat the request.");
    }

    private bool Recall(string vault, string name, out SecureString key)
    {
        var isFresh = _found.TryGetValue((vault, name), out var found) && _time.GetElapsedTime(found.At) < Remember;
        key = found.Key;
        return isFresh;
    }

    /// <summary>Opens the vault, on the pipeline thread of whoever asks.</summary>
    private string? Ask(string vault, string name)
    {
        // Without -AsPlainText, so that neither a transcript nor a log of script blocks can tell the key.
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Get-Secret").AddParameter("Vault", vault).AddParameter("Name", name).AddParameter("ErrorAction", ActionPreference.Stop);
        object? secret;
        try
        {
            secret = shell.Invoke() is [var first, ..] ? first?.BaseObject : null;
        }
        catch (CommandNotFoundException)
        {
            throw Refused(vault, "there is no command Get-Secret. Install the module Microsoft.PowerShell.SecretManagement");
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw Refused(vault, e.ErrorRecord?.ToString() ?? e.Message);
        }

        var key = secret switch
        {
            null => null,
            SecureString secure => secure,
            string text => new NetworkCredential(string.Empty, text).SecurePassword,
            PSCredential credential => credential.Password,
            _ => throw Refused(vault, $"the secret '{name}' is neither a text nor a credential"),
        };
        if (key is not { Length: > 0 })
        {
            return null;
        }

        _found[(vault, name)] = (key, _time.GetTimestamp());
        return InClear(key);
    }

    private static string InClear(SecureString key) => new NetworkCredential(string.Empty, key).Password;

    private static ProviderException Refused(string vault, string why) =>
        new(ProviderErrorKind.Unauthorized, $"The vault '{vault}' has no usable key: {why.TrimEnd('.')}.");
}
