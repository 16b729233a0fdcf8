namespace MarketCache.Faults;

/// <summary>One kind of fault and the promises it puts to the test.</summary>
internal abstract class Scenario
{
    /// <summary>A short name, as the table shows it.</summary>
    public abstract string Name { get; }

    /// <summary>What is done and what must hold, in one line.</summary>
    public abstract string Promise { get; }

    /// <summary>Why it cannot run here, or null.</summary>
    public virtual string? Skip => null;

    /// <summary>Its part of the run's time, relative to the others.</summary>
    public virtual double Weight => 1;

    /// <summary>Runs it until the context's time is up.</summary>
    public abstract void Run(ScenarioContext context);
}
