using System.Management.Automation;
using System.Management.Automation.Runspaces;
using MarketCache.PowerShell.Pipeline;

namespace MarketCache.PowerShell.Scripts;

/// <summary>
/// A provider that is a script block. It runs in the session that asks, on its pipeline thread, so it sees that session's modules
/// and functions, and at most once at a time in each session.
/// </summary>
internal sealed class ScriptProvider : IMarketDataProvider
{
    private readonly ScriptBlock _script;
    private readonly Guid _home;

    /// <summary>Makes a provider.</summary>
    /// <param name="name">The name users give to <c>-Provider</c>.</param>
    /// <param name="script">Given a <see cref="ProviderRequest"/> as its argument and <c>$_</c>; writes rows.</param>
    /// <param name="home">The session that the script block belongs to.</param>
    /// <param name="capabilities">What it can answer.</param>
    internal ScriptProvider(string name, ScriptBlock script, Guid home, ProviderCapabilities capabilities)
    {
        Name = name;
        _script = script;
        _home = home;
        Capabilities = capabilities;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        var pump = PipelinePump.Current ?? throw new ProviderException(
            ProviderErrorKind.Unavailable, $"The provider '{Name}' is a script and runs only while a command of a session waits for it.");
        try
        {
            return await pump.InvokeAsync(() => Run(request)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(ProviderErrorKind.Unavailable, $"The command that had the provider '{Name}' run its script has ended. Ask again.");
        }
    }

    private ProviderResponse Run(ProviderRequest request)
    {
        // A script block runs in the session that made it; run from another, PowerShell would wait for the first to be idle.
        var script = Runspace.DefaultRunspace?.InstanceId == _home ? _script : ((System.Management.Automation.Language.ScriptBlockAst)_script.Ast).GetScriptBlock();
        try
        {
            var output = script.InvokeWithContext([], [new PSVariable("_", request)], request);
            return new ProviderResponse { Series = RowTable.Read(output, request, Name) };
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw Innermost(e) as ProviderException
                ?? new ProviderException(ProviderErrorKind.Unavailable, $"The script of the provider '{Name}' failed: {e.ErrorRecord?.ToString() ?? e.Message}", e);
        }
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception is not ProviderException && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
