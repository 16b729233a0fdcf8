namespace MarketCache.Engine.Gateway;

/// <summary>Budgets and cool-down of a provider at a moment.</summary>
/// <param name="Left">What is left of each budget.</param>
/// <param name="BudgetWait">How long until a call fits; zero if it fits now.</param>
/// <param name="CoolDown">How much longer the provider wants to be left alone; zero if it does not.</param>
internal readonly record struct BudgetSnapshot(IReadOnlyList<ProviderBudget> Left, TimeSpan BudgetWait, TimeSpan CoolDown)
{
    /// <summary>How long until a call can be made.</summary>
    public TimeSpan Wait => BudgetWait > CoolDown ? BudgetWait : CoolDown;
}
