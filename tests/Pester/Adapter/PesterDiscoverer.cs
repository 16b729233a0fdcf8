using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;

namespace MarketCache.Pester;

/// <summary>Lists the specifications to the test platform.</summary>
[FileExtension(".dll")]
[DefaultExecutorUri(PesterExecutor.Address)]
public sealed class PesterDiscoverer : ITestDiscoverer
{
    /// <inheritdoc/>
    public void DiscoverTests(IEnumerable<string> sources, IDiscoveryContext discoveryContext, IMessageLogger logger, ITestCaseDiscoverySink discoverySink)
    {
        var source = sources.First();
        foreach (var test in PesterProcess.Run(list: true, places: null, CancellationToken.None))
        {
            discoverySink.SendTestCase(PesterExecutor.CaseOf(test, source));
        }
    }
}
