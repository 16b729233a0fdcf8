using MarketCache.Help;

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: marketcache-help <module manifest> <docs folder> <output folder>");
    return 2;
}

try
{
    HelpBuilder.Build(args[0], args[1], args[2]);
    return 0;
}
catch (Exception e) when (e is PageException or IOException or System.Management.Automation.RuntimeException)
{
    Console.Error.WriteLine($"error : help: {e.Message}");
    return 1;
}
