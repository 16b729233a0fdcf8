using System.Management.Automation;
using MarketCache.Engine;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Writes cached series to one file, for a machine without internet.</summary>
[Cmdlet(VerbsData.Export, "MarketCache", SupportsShouldProcess = true)]
[OutputType(typeof(ArchiveReport))]
public sealed class ExportMarketCacheCommand : CacheFilterCmdlet
{
    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);
    private readonly List<CacheFilter> _filters = [];

    /// <summary>The file; one that is there is replaced.</summary>
    [Parameter(Mandatory = true)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (IsEntry)
        {
            _entries.UnionWith(Key!);
        }
        else
        {
            _filters.Add(Filter());
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // However many are piped in, there is one file.
        if (TryNewFileOf(Path, out var file) && ShouldProcess(file, $"Export {(_filters.Count == 1 && _entries.Count == 0 ? Describe(_filters[0]) : "the cached series piped in")}"))
        {
            var cache = SessionCache.Get(this);
            ForItem(file, () =>
            {
                var report = Await(token => cache.Archive.Export(file, Together(cache), token));
                WriteProblems(report.Problems);
                WriteObject(report);
            });
        }
    }

    private CacheFilter Together(MarketDataCache cache)
    {
        if (_filters.Count == 1 && _entries.Count == 0)
        {
            return _filters[0];
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (_entries.Count > 0)
        {
            keys.UnionWith(cache.Entries(Filter(_entries)).Select(entry => entry.Key));
        }

        foreach (var filter in _filters)
        {
            keys.UnionWith(cache.Entries(filter).Select(entry => entry.Key));
        }

        return new CacheFilter { Keys = keys };
    }
}
