using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;

namespace MarketCache.Pester;

/// <summary>Runs the specifications for the test platform and reports each as a test of its own.</summary>
[ExtensionUri(Address)]
public sealed class PesterExecutor : ITestExecutor, IDisposable
{
    /// <summary>The name by which the test platform knows this adapter.</summary>
    internal const string Address = "executor://marketcache.pester";

    private static readonly Dictionary<string, TestProperty> Filterable = new(StringComparer.OrdinalIgnoreCase)
    {
        ["FullyQualifiedName"] = TestCaseProperties.FullyQualifiedName,
        ["DisplayName"] = TestCaseProperties.DisplayName,
        ["Name"] = TestCaseProperties.DisplayName,
    };

    private readonly CancellationTokenSource _cancellation = new();

    /// <inheritdoc/>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    /// <inheritdoc/>
    public void RunTests(IEnumerable<string>? sources, IRunContext? runContext, IFrameworkHandle? frameworkHandle)
    {
        var source = sources!.First();
        var filter = runContext!.GetTestCaseFilter(Filterable.Keys, name => Filterable.GetValueOrDefault(name));
        if (filter is null)
        {
            Report(frameworkHandle!, source, PesterProcess.Run(list: false, places: null, _cancellation.Token));
            return;
        }

        RunTests(
            PesterProcess.Run(list: true, places: null, _cancellation.Token).Select(test => CaseOf(test, source))
                .Where(test => filter.MatchTestCase(test, name => Filterable.TryGetValue(name, out var property) ? test.GetPropertyValue(property) : null)),
            runContext,
            frameworkHandle);
    }

    /// <inheritdoc/>
    public void RunTests(IEnumerable<TestCase>? tests, IRunContext? runContext, IFrameworkHandle? frameworkHandle)
    {
        var wanted = tests!.ToLookup(test => test.FullyQualifiedName);
        var places = wanted.SelectMany(test => test).Select(test => $"{test.CodeFilePath}:{test.LineNumber}").ToHashSet();
        if (places.Count > 0)
        {
            // A line may hold many tests, one for each of its cases.
            var source = wanted.First().First().Source;
            Report(frameworkHandle!, source, PesterProcess.Run(list: false, places, _cancellation.Token).Where(test => !places.Contains(test.Place) || wanted.Contains(CaseOf(test, source).FullyQualifiedName)));
        }
    }

    /// <summary>The test platform's idea of a test.</summary>
    internal static TestCase CaseOf(PesterResult test, string source) => new($"MarketCache.Pester.{test.Name}", new Uri(Address), source)
    {
        DisplayName = test.Name,
        CodeFilePath = test.File,
        LineNumber = test.Line,
    };

    private static void Report(IFrameworkHandle handle, string source, IEnumerable<PesterResult> results)
    {
        foreach (var result in results)
        {
            var test = CaseOf(result, source);
            var outcome = result.Result switch
            {
                "Passed" => TestOutcome.Passed,
                "Skipped" => TestOutcome.Skipped,
                _ => TestOutcome.Failed,
            };

            // The test platform takes a run for hung in which none begins or ends for long.
            handle.RecordStart(test);
            handle.RecordEnd(test, outcome);
            handle.RecordResult(new TestResult(test)
            {
                Outcome = outcome,
                Duration = TimeSpan.FromSeconds(result.Seconds),
                ErrorMessage = result.Message,
                ErrorStackTrace = result.Trace,
            });
        }
    }
}
