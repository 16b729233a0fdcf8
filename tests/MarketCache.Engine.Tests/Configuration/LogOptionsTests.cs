using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Tests.Configuration;

public sealed class LogOptionsTests
{
    [Fact]
    public void The_log_is_off_by_default() => Assert.Null(ConfigurationFolder.LoadText("cache: {}").Log.File);

    [Fact]
    public void A_relative_log_file_starts_at_the_file_that_names_it()
    {
        using var folder = new ConfigurationFolder();
        var log = folder.Write("cache:\n  log:\n    file: logs/market.log\n    level: WARNING\n    max_size_mb: 0.5\n    files: 2\n").Load().Options.Log;

        Assert.Equal(Path.Combine(folder.Directory, "settings", "logs", "market.log"), log.File);
        Assert.Equal((LogLevel.Warning, 0.5, 2), (log.Level, log.MaxSizeMb, log.Files));
    }

    [Fact]
    public void An_unknown_level_is_refused_with_the_nearest()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFolder.LoadText("cache:\n  log:\n    level: warnin\n"));
        Assert.Contains("warning", error.Message, StringComparison.Ordinal);
    }
}
