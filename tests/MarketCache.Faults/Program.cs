using MarketCache.Faults;
using MarketCache.Faults.Children;
using MarketCache.Faults.Walk;

if (args is ["child", var verb, .. var rest])
{
    return await ChildProgram.RunAsync(verb, rest);
}

if (args is ["walk", .. var walked])
{
    return await WalkProgram.RunAsync(walked);
}

if (args is ["measure", .. var measured])
{
    return CostGrowth.Run(measured);
}

if (FaultOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(
        """
        Injects faults into processes that share a cache folder and checks every answer against the truth.

        usage: MarketCache.Faults [--seed N] [--minutes M] [--only NAME,…] [--folder FOLDER]
               MarketCache.Faults measure [--most FEEDS] [--folder FOLDER]
               MarketCache.Faults walk [--steps N] [--minutes M] [--seed N] [--instances N] [--without DIMENSION,…] [--folder FOLDER]

        --seed     everything random follows from it (default 1)
        --minutes  for all scenarios together (default 1)
        --only     scenarios, by the names the table shows
        --folder   where to put the cache folders (default: a temporary folder)

        walk       the engine beside a model of it through random steps; every answer compared
        measure    cost of get, put, list, trim and open as the store grows

        Exit code: 0 when every promise was kept, 1 when one was broken, 2 for a wrong command line.
        """);
    return 2;
}

return Harness.Run(options);
