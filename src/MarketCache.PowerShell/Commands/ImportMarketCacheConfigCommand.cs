using System.Management.Automation;
using MarketCache.Engine.Configuration;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Reads configuration again: a file in place of the user's, an overlay in place of the environment's, or what has changed.</summary>
[Cmdlet(VerbsData.Import, "MarketCacheConfig", SupportsShouldProcess = true)]
[OutputType(typeof(MarketCacheSetting))]
public sealed class ImportMarketCacheConfigCommand : MarketCacheCmdlet
{
    /// <summary>The file; the user's own where left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The overlay, an entry of <c>environments</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Environment { get; set; }

    /// <summary>Emits the settings in force.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? file = null;
        if ((Path is not null && !TryFileOf(Path, out file)) || !ShouldProcess(file ?? "the user's configuration", "Import"))
        {
            return;
        }

        ForItem(file, () =>
        {
            var configuration = SessionCache.Reconfigure(
                current => current.Onto(ConfigurationLoader.Load(SessionCache.Sources() with { UserFile = file, EnvironmentName = Environment })));
            SessionCache.WriteWarnings(this);
            if (PassThru)
            {
                WriteObject(configuration.Settings, enumerateCollection: true);
            }
        });
    }
}
