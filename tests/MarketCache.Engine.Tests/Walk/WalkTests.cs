using MarketCache.Faults.Walk;

namespace MarketCache.Engine.Tests.Walk;

/// <summary>A short part of the walk; the long one is <c>MarketCache.Faults walk</c>.</summary>
public sealed class WalkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_engine_answers_as_its_model_does(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("marketcache-walk-");
        try
        {
            await using var run = new WalkRun(seed, WalkProgram.ScopeOf(seed, instances: 0, without: []), folder.FullName);
            await run.WalkAsync(250);
            Assert.True(run.Rows > 1000, $"{run.Rows} rows were compared");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
