namespace MarketCache.Module.Tests;

/// <summary>Answers every weekday with one and counts how often it was asked.</summary>
internal sealed class CountingProvider : IMarketDataProvider
{
    private readonly Counter _counter;

    private CountingProvider(Counter counter) => _counter = counter;

    public string Name => "Counting";

    public ProviderCapabilities Capabilities { get; } = new() { IsLocal = true };

    public static IMarketDataProvider Create(Counter counter) => new CountingProvider(counter);

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        _counter.Add();
        await Task.Delay(50, cancellationToken);
        var days = Enumerable.Range(request.Start.DayNumber, request.End.DayNumber - request.Start.DayNumber + 1)
            .Select(DateOnly.FromDayNumber)
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .ToArray();
        return new ProviderResponse
        {
            Series = [new ProviderSeries(request.DataType, new MarketTable(MarketColumn.OfDates("Date", days), MarketColumn.OfLongs("Volume", [.. days.Select(_ => 1L)])))],
        };
    }
}
