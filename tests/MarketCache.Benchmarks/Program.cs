using System.Globalization;
using BenchmarkDotNet.Running;
using MarketCache.Benchmarks.Figures;
using MarketCache.Benchmarks.Peers;

// --summary [part of a name]: all figures in under a minute, as one JSON object.
// --peers [times] [growth] [sizes]: ours beside other ways to keep the same rows, as tables. Anything else goes to BenchmarkDotNet.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--summary", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return await Summary.WriteAsync(Console.Out, args.ElementAtOrDefault(1), CancellationToken.None).ConfigureAwait(false);
}

if (args is ["--peers", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return PeerRun.Write(Console.Out, args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Summary).Assembly).Run(args);
return 0;
