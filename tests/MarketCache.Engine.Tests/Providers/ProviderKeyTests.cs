using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;

namespace MarketCache.Engine.Tests.Providers;

public sealed class ProviderKeyTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["DEFAULT_KEY"] = "from default variable", ["MY_KEY"] = "from my variable\n" };

    [Theory]
    [InlineData(null, null, null, "from default variable")]
    [InlineData("MY_KEY", null, null, "from my variable")]
    [InlineData("NO_KEY", null, null, null)]
    [InlineData(null, "Safe", null, "Safe/Web")]
    [InlineData("MY_KEY", "Safe", "Other", "Safe/Other")]
    public void A_key_comes_from_where_the_settings_say(string? variable, string? vault, string? secret, string? expected)
    {
        var settings = new[] { ("key_env", variable), ("key_vault", vault), ("key_secret", secret) }
            .Where(s => s.Item2 is not null).ToDictionary(s => s.Item1, s => (object)s.Item2!);

        var key = Key(settings, new Vaults(session: null));

        Assert.Equal(expected, key.Find());
    }

    [Fact]
    public void A_key_handed_to_the_session_goes_before_the_environment()
    {
        Assert.Equal("from the session", Key([], new Vaults(session: "from the session")).Find());
    }

    [Fact]
    public void A_missing_secret_is_told_by_name()
    {
        var key = new ProviderKey(
            new ProviderOptions { Name = "Web", Type = "Web", Settings = new Dictionary<string, object> { ["key_vault"] = "Safe" } }, "DEFAULT_KEY", new ProviderServices());

        var error = Assert.Throws<ProviderException>(() => key.Require(Requests.Of("OHLCV", "AAPL")));

        Assert.Equal(ProviderErrorKind.Unauthorized, error.Kind);
        Assert.Contains("'Safe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Web'", error.Message, StringComparison.Ordinal);
    }

    private static ProviderKey Key(Dictionary<string, object> settings, ISecretSource secrets) => new(
        new ProviderOptions { Name = "Web", Type = "Web", Settings = settings },
        "DEFAULT_KEY",
        new ProviderServices { Environment = Variables.GetValueOrDefault, Secrets = secrets });

    private sealed class Vaults(string? session) : ISecretSource
    {
        public string? Find(string? vault, string name) => vault is null ? session : $"{vault}/{name}";
    }
}
