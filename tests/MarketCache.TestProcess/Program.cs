using MarketCache.TestProcess;

return args switch
{
    ["budget", var stateDirectory, var callDirectory, var perMinute, var tries] =>
        await BudgetCommand.RunAsync(stateDirectory, callDirectory, perMinute, tries),
    ["fetch", var cacheDirectory, var address, var perMinute, .. var tickers] => await FetchCommand.RunAsync(cacheDirectory, address, perMinute, tickers),
    ["count", var directory] => CountCommand.Run(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Commands: budget STATE_DIRECTORY CALL_DIRECTORY PER_MINUTE TRIES | fetch CACHE_DIRECTORY ADDRESS PER_MINUTE TICKER… | count DIRECTORY");
    return 2;
}
