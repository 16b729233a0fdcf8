namespace MarketCache;

/// <summary>Finds secrets by name in the user's vaults (settings <c>key_vault</c> and <c>key_secret</c>). Called when a key is first needed, from any thread.</summary>
public interface ISecretSource
{
    /// <summary>The secret in clear, or null if there is none of that name.</summary>
    /// <param name="vault">The vault's name; null for the keys that the session was handed for a provider.</param>
    /// <param name="name">The secret's name, or the provider's where <paramref name="vault"/> is null.</param>
    string? Find(string? vault, string name);
}
