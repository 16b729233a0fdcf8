namespace MarketCache.Engine.Gateway;

/// <summary>Gives the account of a provider's key of the moment: a key may be set or changed while the session runs.</summary>
internal sealed class ProviderAccounts
{
    private readonly object _lock = new();
    private readonly Func<string?, BudgetLedger?, BudgetLedger?> _openLedger;
    private readonly ProviderAccounts? _before;
    private readonly ISecretHolder? _holder;
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private readonly List<ProviderAccount> _accounts = [];

    /// <param name="provider">The provider.</param>
    /// <param name="openLedger">Opens the ledger of a key, which goes on where an earlier one stood.</param>
    /// <param name="before">The accounts under the provider's earlier configuration; may be null.</param>
    public ProviderAccounts(IMarketDataProvider provider, Func<string?, BudgetLedger?, BudgetLedger?> openLedger, ProviderAccounts? before)
    {
        _holder = provider as ISecretHolder;
        _openLedger = openLedger;
        _before = before;
        if (before is not null)
        {
            lock (before._lock)
            {
                _secrets.UnionWith(before._secrets);
            }
        }
    }

    /// <summary>The account at this moment.</summary>
    public ProviderAccount Current()
    {
        var secrets = Secrets();
        var key = secrets.Count == 0 ? null : secrets[0];
        lock (_lock)
        {
            var isKnown = true;
            foreach (var secret in secrets)
            {
                isKnown &= !_secrets.Add(secret);
            }

            var account = _accounts.Find(account => account.Key == key);
            if (account is not null && isKnown)
            {
                return account;
            }

            _accounts.RemoveAll(account => account.Key == key);
            account = new ProviderAccount(key, account?.Ledger ?? _openLedger(key, _before?.LedgerOf(key)), new SecretRedactor(_secrets));
            _accounts.Add(account);
            return account;
        }
    }

    private BudgetLedger? LedgerOf(string? key)
    {
        lock (_lock)
        {
            return _accounts.Find(account => account.Key == key)?.Ledger ?? _before?.LedgerOf(key);
        }
    }

    private IReadOnlyList<string> Secrets()
    {
        try
        {
            return _holder?.Secrets ?? [];
        }
        catch (Exception)
        {
            // A vault that cannot be opened: the provider itself says so when it needs the key.
            return [];
        }
    }
}
