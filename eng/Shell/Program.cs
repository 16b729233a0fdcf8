using MarketCache.Shell;

return new Shell(ShellArguments.Parse(args)).Run();
