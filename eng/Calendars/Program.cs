using System.Globalization;
using MarketCache.Calendars;
using MarketCache.Engine.Calendars;

// dotnet run --project eng/Calendars [folder of fact files]
var calendars = TradingSessions.BuiltIn;
Console.WriteLine("calendar  published until");
foreach (var calendar in calendars.Calendars)
{
    var market = calendars.Now(calendar);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{calendar,-8}  {(market.IsAssumed ? "never" : market.KnownUntil is { } day ? $"{day:yyyy-MM-dd}" : "always")}"));
}

if (args.Length == 0)
{
    return 0;
}

var differences = 0;
foreach (var path in Directory.EnumerateFiles(args[0], "*.json").Order(StringComparer.Ordinal))
{
    using var facts = MarketFacts.Read(path);
    if (!calendars.Calendars.Contains(facts.Market))
    {
        Console.WriteLine($"{facts.Market}: there is no such calendar");
        differences++;
        continue;
    }

    foreach (var difference in facts.Differences(calendars, facts.Market))
    {
        Console.WriteLine(difference);
        differences++;
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{differences} differences"));
return differences == 0 ? 0 : 1;
