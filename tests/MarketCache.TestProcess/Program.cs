using MarketCache.TestProcess;

return args switch
{
    ["budget", var stateDirectory, var callDirectory, var perMinute, var tries] =>
        await BudgetCommand.RunAsync(stateDirectory, callDirectory, perMinute, tries),
    ["count", var directory] => CountCommand.Run(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Commands: budget STATE_DIRECTORY CALL_DIRECTORY PER_MINUTE TRIES | count DIRECTORY");
    return 2;
}
