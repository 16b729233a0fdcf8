namespace MarketCache.Engine.Providers;

/// <summary>Finds secrets by name in a vault of the user's, for settings such as <c>key_vault</c>. Called when a key is first needed, from any thread.</summary>
public interface ISecretSource
{
    /// <summary>The secret in clear, or null where the vault holds none of that name.</summary>
    /// <param name="name">The secret's name, e.g. <c>Fred</c> or <c>MyVault/Fred</c>.</param>
    string? Find(string name);
}
