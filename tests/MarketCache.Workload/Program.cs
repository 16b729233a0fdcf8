using System.Text.Json;
using MarketCache.Workload;

if (args.Length is 0 || args[0] is "-h" or "--help")
{
    Console.Error.WriteLine(
        """
        Replays a request trace through the real engine with a fake clock and a counting provider, checks every returned row,
        and prints one JSON object: requests, calls, full_hit, partial_hit, row_hit, wrong_rows.

        usage: MarketCache.Workload TRACE.csv [--memory-only] [--cache-dir FOLDER]

        TRACE.csv: time_utc,data_type,ticker,start,end
        """);
    return args.Length is 0 ? 2 : 0;
}

try
{
    var report = await Replay.RunAsync(
        TraceReader.Read(args[0]),
        useDisk: !args.Contains("--memory-only"),
        cacheDirectory: args.SkipWhile(a => a != "--cache-dir").Skip(1).FirstOrDefault());
    Console.WriteLine(JsonSerializer.Serialize(report, ReplayReport.Json));
    return report.WrongRows == 0 ? 0 : 1;
}
catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
