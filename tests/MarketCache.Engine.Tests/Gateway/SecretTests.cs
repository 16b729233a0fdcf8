using MarketCache.Engine.Gateway;
using static MarketCache.Engine.Tests.Gateway.GatewayRig;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class SecretTests : IDisposable
{
    private const string Key = "k3y+WITH/odd=signs";

    private readonly GatewayRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<Exception> Leaks { get; } =
    [
        new HttpRequestException($"GET https://api.example.com/query?symbol=A&apikey={Key} failed"),
        new HttpRequestException($"GET https://api.example.com/query?symbol=A&apikey={Uri.EscapeDataString(Key)} failed"),
        new InvalidOperationException($"The key is {Key.ToUpperInvariant()}"),
        new ProviderException(ProviderErrorKind.Unavailable, "outer", new InvalidOperationException($"inner: {Key}")),
        new MarketDataException("SomeId", $"Refused with {Key}."),
    ];

    [Theory]
    [MemberData(nameof(Leaks))]
    public async Task A_key_is_in_no_message_no_inner_exception_and_no_state(Exception leak)
    {
        var gateway = _rig.Open(new KeyedProvider(Key, () => leak), ("retries", 0));

        var failure = await Assert.ThrowsAnyAsync<MarketDataException>(() => gateway.FetchAsync("Keyed", Request, default));

        foreach (var text in new[] { failure.ToString(), Assert.Single(gateway.States()).ToString() })
        {
            Assert.DoesNotContain(Key, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Uri.EscapeDataString(Key), text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("GET https://h.example/v8/chart/AAPL?token=abc&x=1 failed", "GET https://h.example/v8/chart/AAPL?*** failed")]
    [InlineData("see 'https://u:p@h.example/x'.", "see 'https://***@h.example/x'.")]
    [InlineData("/query?function=X&apikey=abc", "/query?***")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer ***")]
    [InlineData("api_key=abc, symbol=A", "api_key=***, symbol=A")]
    [InlineData("\"token\": \"abc\"", "\"token\": \"***\"")]
    [InlineData("What now? Ask again.", "What now? Ask again.")]
    [InlineData("HTTP 404 (not/found?)", "HTTP 404 (not/found?)")]
    public void What_follows_a_question_mark_of_an_address_and_what_is_named_like_a_secret_is_struck_out(string text, string clean) =>
        Assert.Equal(clean, new SecretRedactor([]).Clean(text));
}
