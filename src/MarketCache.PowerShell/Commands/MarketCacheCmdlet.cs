using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Pipeline;

namespace MarketCache.PowerShell.Commands;

/// <summary>
/// What every cmdlet of the module shares: work runs on the thread pool while the pipeline thread waits and serves it, and
/// Ctrl+C or the end of the pipeline cancels it.
/// </summary>
public abstract class MarketCacheCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PipelinePump _pump = new();
    private bool _disposed;

    private protected MarketCacheCmdlet()
    {
    }

    /// <summary>Cancelled by Ctrl+C and at the end of the pipeline.</summary>
    protected CancellationToken StopToken => _stopping.Token;

    /// <summary>Starts work on the thread pool.</summary>
    /// <param name="work">The work; its token is <see cref="StopToken"/>.</param>
    protected Task<T> Start<T>(Func<CancellationToken, ValueTask<T>> work)
    {
        _pump.WarningAction ??= MyInvocation.BoundParameters.TryGetValue("WarningAction", out var action) ? action as ActionPreference? : null;
        return _pump.Run(work, StopToken);
    }

    /// <summary>Waits for work while serving what it posts, and gives its result or throws its exception.</summary>
    /// <param name="task">The work.</param>
    /// <exception cref="PipelineStoppedException">The pipeline is stopping.</exception>
    protected T Await<T>(Task<T> task)
    {
        try
        {
            _pump.PumpUntil(task, StopToken);
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Runs work on the thread pool and waits for it.</summary>
    /// <param name="work">The work; its token is <see cref="StopToken"/>.</param>
    protected T Await<T>(Func<CancellationToken, T> work) => Await(Start(token => new ValueTask<T>(work(token))));

    /// <summary>Does something to one item; what the user can mend becomes an error record and the next item goes on.</summary>
    /// <param name="target">The item.</param>
    /// <param name="action">What to do.</param>
    protected void ForItem(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is MarketDataException or IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.From(e, target));
        }
    }

    /// <summary>The file that a path of the session means, whether it exists or not; one that means none is an error (<c>InvalidPath</c>).</summary>
    /// <param name="path">The path.</param>
    /// <param name="file">The file.</param>
    protected bool TryFileOf(string path, [NotNullWhen(true)] out string? file)
    {
        string why;
        try
        {
            file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            why = provider.Name != "FileSystem" ? "is not in the file system" : Directory.Exists(file) ? "is a folder" : string.Empty;
            if (why.Length == 0)
            {
                return true;
            }
        }
        catch (Exception e) when (e is SessionStateException or ProviderInvocationException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            why = path.Contains("://", StringComparison.Ordinal) ? "is a URI" : $"is not a path ({e.Message.TrimEnd('.')})";
        }

        file = null;
        WriteError(ErrorRecords.From(new MarketDataException("InvalidPath", $"'{path}' {why}. Use the path of a file, such as ./name.") { Target = path }, path));
        return false;
    }

    /// <summary>The same for a file to write, whose folder must exist: what writes it would only know the name of a temporary file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="file">The file.</param>
    protected bool TryNewFileOf(string path, [NotNullWhen(true)] out string? file)
    {
        if (!TryFileOf(path, out file))
        {
            return false;
        }

        if (Path.GetDirectoryName(file) is not { } folder || Directory.Exists(folder))
        {
            return true;
        }

        WriteError(ErrorRecords.From(new DirectoryNotFoundException($"The folder '{folder}' does not exist. Create it, or use another path."), path));
        file = null;
        return false;
    }

    /// <summary>Warns of each problem that left the rest of the work undisturbed.</summary>
    /// <param name="problems">The problems.</param>
    protected void WriteProblems(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            WriteWarning(problem);
        }
    }

    /// <summary>
    /// Tells what was done, in the verbose stream. Under <c>-Debug</c> alone PowerShell would ask about each such line, and fail where
    /// nobody can answer: there it goes to the debug stream.
    /// </summary>
    /// <param name="text">The line.</param>
    protected void Tell(string text)
    {
        var given = MyInvocation.BoundParameters;
        if (given.TryGetValue("Debug", out var debug) && debug is SwitchParameter { IsPresent: true } && !given.ContainsKey("Verbose"))
        {
            WriteDebug(text);
        }
        else
        {
            WriteVerbose(text);
        }
    }

    /// <summary>Has the pipeline thread run something, from any thread.</summary>
    /// <param name="action">What to run, e.g. writing a warning.</param>
    /// <returns>Whether it will be run.</returns>
    protected bool Post(Action action) => _pump.Post(action);

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Called by PowerShell when the pipeline has ended, also early (<c>Select-Object -First</c>) or by an error.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the work that is under way.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _stopping.Cancel();
            _pump.Dispose();
        }
    }
}
