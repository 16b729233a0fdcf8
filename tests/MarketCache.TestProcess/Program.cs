using MarketCache.TestProcess;

return args switch
{
    ["budget", var stateDirectory, var callDirectory, var perHour, var tries] =>
        await BudgetCommand.RunAsync(stateDirectory, callDirectory, perHour, tries),
    ["fetch", var cacheDirectory, var address, var perHour, .. var tickers] => await FetchCommand.RunAsync(cacheDirectory, address, perHour, tickers),
    ["store", var directory, var seed, var count, var maxBytes] => await StoreCommand.RunAsync(directory, seed, count, maxBytes),
    ["lease", var directory, var name] => await LeaseCommand.RunAsync(directory, name),
    ["count", var directory] => CountCommand.Run(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Commands: budget STATE_DIRECTORY CALL_DIRECTORY PER_HOUR TRIES | fetch CACHE_DIRECTORY ADDRESS PER_HOUR TICKER… | store DIRECTORY SEED COUNT MAX_BYTES | lease DIRECTORY NAME | count DIRECTORY");
    return 2;
}
