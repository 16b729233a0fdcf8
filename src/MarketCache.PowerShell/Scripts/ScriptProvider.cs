using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Net.Sockets;
using MarketCache.PowerShell.Pipeline;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Scripts;

/// <summary>
/// A provider that is a script block. It runs in the session that asks, on its pipeline thread, so it sees that session's modules
/// and functions, and one at a time in each session; only while a script asks the cache itself may another run.
/// </summary>
internal sealed class ScriptProvider : IMarketDataProvider
{
    private readonly ScriptBlock _script;
    private readonly Guid _home;

    /// <param name="name">The name users give to <c>-Provider</c>.</param>
    /// <param name="script">Given a <see cref="ProviderRequest"/> as its argument and <c>$_</c>; writes rows.</param>
    /// <param name="home">The session that the script block belongs to.</param>
    /// <param name="capabilities">What it can answer.</param>
    internal ScriptProvider(string name, ScriptBlock script, Guid home, ProviderCapabilities capabilities)
    {
        Name = name;
        _script = script;
        _home = home;
        Capabilities = capabilities with { NeedsCaller = true };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        var pump = PipelinePump.Current ?? throw new ProviderException(
            ProviderErrorKind.BadRequest, $"The provider '{Name}' is a script, and it runs only while a command waits for it.");
        try
        {
            return await pump.InvokeAsync(() => Run(request, pump.WarningAction)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not the provider's failure: nobody waits for it any more.
            throw new MarketDataException("CommandEnded", $"The command that ran the script of the provider '{Name}' ended first. Repeat the request.") { Target = Name };
        }
    }

    private ProviderResponse Run(ProviderRequest request, ActionPreference? warningAction)
    {
        // A script block runs in the session that made it; run from another, PowerShell would wait for the first to be idle.
        var script = Runspace.DefaultRunspace?.InstanceId == _home ? _script

            // What is the body of a function has another syntax tree, and its parameters beside it.
            : _script.Ast is ScriptBlockAst whole ? whole.GetScriptBlock()
            : ScriptBlock.Create(_script.ToString());
        try
        {
            // An error that a command only writes (a file that is not there, a query that fails) would look like days without rows.
            List<PSVariable> variables = [new PSVariable("_", request), new PSVariable("ErrorActionPreference", ActionPreference.Stop)];
            if (warningAction is { } action)
            {
                variables.Add(new PSVariable("WarningPreference", action == ActionPreference.Ignore ? ActionPreference.SilentlyContinue : action));
            }

            var output = script.InvokeWithContext([], variables, request);
            return new ProviderResponse { Series = RowTable.Read(output, request, Name) };
        }
        catch (FlowControlException e)
        {
            throw new ProviderException(ProviderErrorKind.BadResponse, $"The script of the provider '{Name}' ended with break, continue or exit. Use return.", e);
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            throw Failure(e);
        }
    }

    private Exception Failure(RuntimeException thrown)
    {
        // What a command wrote and what stopped the script because of it are two exceptions; the first says what happened.
        var mayPass = thrown.WasThrownFromThrowStatement;
        for (Exception? cause = thrown; cause is not null; cause = cause is ActionPreferenceStopException { ErrorRecord.Exception: var written } ? written : cause.InnerException)
        {
            mayPass |= cause is ActionPreferenceStopException or IOException or TimeoutException or OperationCanceledException or HttpRequestException or SocketException;
            switch (cause)
            {
                case ProviderException own:
                    return own;

                // Of Invoke-RestMethod and its like: the status says whether a later try can help.
                case HttpRequestException { StatusCode: not null } http:
                    return RetryAfter(http) is { } wait
                        ? new ProviderException(
                            http.StatusCode == System.Net.HttpStatusCode.TooManyRequests ? ProviderErrorKind.RateLimited : ProviderErrorKind.Unavailable,
                            $"The script of the provider '{Name}' failed: {http.Message}",
                            thrown)
                        { RetryAfter = wait }
                        : http;
            }
        }

        // What a script throws, what a command in it reports, and the network may pass. Everything else is a mistake in the script, and stays one.
        return new ProviderException(
            mayPass ? ProviderErrorKind.Unavailable : ProviderErrorKind.BadResponse,
            $"The script of the provider '{Name}' failed{Place(thrown)}: {thrown.ErrorRecord?.ToString() ?? thrown.Message}",
            thrown);
    }

    private static string Place(RuntimeException thrown) => thrown.ErrorRecord?.InvocationInfo switch
    {
        { ScriptLineNumber: > 0 and var line, ScriptName: { Length: > 0 } file } => string.Create(CultureInfo.InvariantCulture, $" in {file}, line {line}"),
        { ScriptLineNumber: > 0 and var line } => string.Create(CultureInfo.InvariantCulture, $" in line {line}"),
        _ => string.Empty,
    };

    /// <summary>How long the service asked to be left alone, where the exception holds its answer.</summary>
    private static TimeSpan? RetryAfter(HttpRequestException http) =>
        PSObject.AsPSObject(http).Properties["Response"]?.Value is HttpResponseMessage { StatusCode: System.Net.HttpStatusCode.TooManyRequests or >= System.Net.HttpStatusCode.InternalServerError } answer
            && answer.Headers.RetryAfter is { } after
            ? after.Delta ?? after.Date - (answer.Headers.Date ?? SessionCache.Time.GetUtcNow())
            : null;
}
