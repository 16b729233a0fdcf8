using System.Management.Automation;
using MarketCache.Engine.Configuration;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Changes a setting for this process, and with <see cref="Persist"/> in the user's file.</summary>
[Cmdlet(VerbsCommon.Set, "MarketCacheConfig", SupportsShouldProcess = true, DefaultParameterSetName = ValueSet)]
[OutputType(typeof(MarketCacheSetting))]
public sealed class SetMarketCacheConfigCommand : MarketCacheCmdlet
{
    private const string ValueSet = "Value";
    private const string ResetSet = "Reset";

    /// <summary>The dotted key.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SettingCompleter))]
    public string Key { get; set; } = string.Empty;

    /// <summary>The value.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = ValueSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SettingValueCompleter))]
    public object? Value { get; set; }

    /// <summary>Takes back what was set in this process.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResetSet)]
    public SwitchParameter Reset { get; set; }

    /// <summary>Writes the user's file too, leaving its comments and layout as they are.</summary>
    [Parameter(ParameterSetName = ValueSet)]
    public SwitchParameter Persist { get; set; }

    /// <summary>Emits the setting.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var text = Reset ? null : PathOf(SettingText.From(Value));
        if (!ShouldProcess(Key, Reset ? "Reset" : $"Set to {text}"))
        {
            return;
        }

        ForItem(Key, () =>
        {
            var configuration = SessionCache.Reconfigure(current =>
            {
                var next = text is null ? current.Without(Key) : current.With(Key, text);

                // Before anything changes: what cannot be kept does not hold now either.
                return Persist ? Save(current, next, text!) : next;
            });
            if (PassThru)
            {
                WriteObject(configuration.Find(Key), enumerateCollection: true);
            }
        });
    }

    /// <summary>A relative path as this session's location completes it, wherever it is read next.</summary>
    private string PathOf(string text) =>
        ConfigurationKeys.Find(Key) is { Type: "path", IsPattern: false } && !text.StartsWith('~') && !System.IO.Path.IsPathFullyQualified(text)
            ? GetUnresolvedProviderPathFromPSPath(text)
            : text;

    private LoadedConfiguration Save(LoadedConfiguration current, LoadedConfiguration next, string text)
    {
        Write(next, text);
        var saved = current.Without(Key).Onto(ConfigurationLoader.LoadValid(current.Sources, out _));
        if (saved.OverFile(Key) is not { } other)
        {
            return saved;
        }

        WriteWarning($"{Key} is saved, but {other} sets it too and wins over the file: in new sessions the saved value has no effect.");
        return saved.With(Key, text);
    }

    private void Write(LoadedConfiguration configuration, string text)
    {
        var file = configuration.Sources.UserFilePath ?? throw new MarketDataException(
            "ConfigurationNotWritable", "There is no per-user folder to save the setting in. Set the variable MARKETCACHE_CONFIG to a file.");
        ConfigurationEditor.Set(file, Key, text);
        Tell($"Written to {file}.");
    }
}
