using System.Globalization;
using BenchmarkDotNet.Running;
using MarketCache.Benchmarks.Figures;

// --summary [part of a name]: all figures in under a minute, as one JSON object. Anything else goes to BenchmarkDotNet.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--summary", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return await Summary.WriteAsync(Console.Out, args.ElementAtOrDefault(1), CancellationToken.None).ConfigureAwait(false);
}

BenchmarkSwitcher.FromAssembly(typeof(Summary).Assembly).Run(args);
return 0;
