namespace MarketCache.Engine.Gateway;

/// <summary>What depends on a provider's key: whose calls are counted, and what must stay secret.</summary>
/// <param name="Key">The key; null if there is none.</param>
/// <param name="Ledger">Budgets and cool-down; null for local providers, which have none.</param>
/// <param name="Redactor">Strikes every key that was ever in use out of texts.</param>
internal sealed record ProviderAccount(string? Key, BudgetLedger? Ledger, SecretRedactor Redactor)
{
    /// <summary>Does not contain the key.</summary>
    public override string ToString() => nameof(ProviderAccount);
}
