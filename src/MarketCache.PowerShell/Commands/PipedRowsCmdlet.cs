using System.Management.Automation;
using MarketCache.PowerShell.Errors;
using MarketCache.PowerShell.Rows;

namespace MarketCache.PowerShell.Commands;

/// <summary>What the cmdlets share that take rows from the pipeline and make one thing of them, perhaps a file.</summary>
public abstract class PipedRowsCmdlet : MarketCacheCmdlet
{
    private protected PipedRowsCmdlet()
    {
    }

    /// <summary>Rows of <c>Get-MarketData</c>, answers of <c>-AsSeries</c>, or other objects with a Date or Time.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    [AllowNull]
    public PSObject?[]? InputObject { get; set; }

    private protected PipedRows Rows { get; } = new();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in InputObject ?? [])
        {
            if (item is not null)
            {
                ForItem(item, () => Rows.Add(item));
            }
        }
    }

    /// <summary>Whether there are rows; without any, a warning says so.</summary>
    private protected bool HasRows()
    {
        if (Rows.Count == 0)
        {
            WriteWarning("No rows came down the pipeline. Nothing was made.");
        }

        return Rows.Count > 0;
    }

    /// <summary>Writes a file after the questions that belong to it.</summary>
    /// <param name="path">The path as the user gave it.</param>
    /// <param name="force">Whether one that is there is replaced.</param>
    /// <param name="passThru">Whether to write the file to the pipeline.</param>
    /// <param name="write">Writes it.</param>
    private protected void WriteFile(string path, bool force, bool passThru, Action<string> write)
    {
        if (!TryNewFileOf(path, out var file))
        {
            return;
        }

        if (File.Exists(file) && !force)
        {
            WriteError(ErrorRecords.FileExists(file));
        }
        else if (ShouldProcess(file, $"Write {Rows.Count} rows"))
        {
            ForItem(file, () =>
            {
                write(file);
                Tell($"Wrote {Rows.Count} rows to {file}.");
                if (passThru)
                {
                    WriteObject(new FileInfo(file));
                }
            });
        }
    }
}
