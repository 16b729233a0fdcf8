using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Tiingo;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Providers.Http;

public sealed class HttpSourceTests
{
    private const string Secret = "s3cr3t/+K3Y";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 3, 6, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Gzip_and_brotli_are_unpacked_and_bytes_counted_as_received()
    {
        var plain = LoopbackResponse.Json("{\"a\":\"" + new string('x', 5000) + "\"}");
        foreach (var packed in new[] { plain.Gzipped(), plain.Brotlied() })
        {
            await using var server = new LoopbackServer(packed);
            using var source = Source(server);

            var answer = await source.GetAsync(Query(), default);

            Assert.Equal(plain.Body, answer.Body);
            Assert.Equal(packed.Body.Length, answer.WireBytes);
            Assert.True(answer.WireBytes < 200);
        }
    }

    [Fact]
    public async Task A_service_is_reached_through_the_proxy_and_this_machine_without()
    {
        await using var proxy = new LoopbackServer(LoopbackResponse.Json("[1]"));
        await using var direct = new LoopbackServer(LoopbackResponse.Json("[2]"));

        using var there = Through(proxy.Address, "http://service.example/");
        using var here = Through(proxy.Address, direct.Address + "/");

        Assert.Equal("[1]"u8.ToArray(), (await there.GetAsync(Query(), default)).Body);
        Assert.Equal("[2]"u8.ToArray(), (await here.GetAsync(Query(), default)).Body);
        Assert.Single(proxy.Requests);
    }

    [Theory]
    [InlineData(null, "https://service.example/", "NO_PROXY")]
    [InlineData(407, "http://service.example/", "HTTP 407")]
    [InlineData(407, "https://service.example/", "NO_PROXY")]
    [InlineData(502, "http://service.example/", "HTTP 502")]
    [InlineData(200, "http://service.example/", "a web page")]
    public async Task A_proxy_that_fails_is_named_without_its_password(int? status, string address, string told)
    {
        await using var proxy = new LoopbackServer(LoopbackResponse.Text("<html>", "text/html", status ?? 200));
        if (status is null)
        {
            await proxy.StopAsync();
        }

        using var source = Through($"http://name:PLANTED@{proxy.Authority}", address);
        var error = await Assert.ThrowsAsync<ProviderException>(() => source.GetAsync(Query(), default));

        Assert.Contains($"service.example through the proxy http://{proxy.Authority}", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PLANTED", error.ToString(), StringComparison.Ordinal);
    }

    private HttpSource Through(string proxy, string address) => new(
        new HttpSourceOptions { Provider = "Test", BaseAddresses = [new Uri(address)], UserAgent = "test", Proxy = new System.Net.WebProxy(proxy) }, _time);

    [Fact]
    public async Task A_damaged_packing_is_a_bad_response()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("not packed") with { Headers = [("Content-Encoding", "gzip")] });

        Assert.Equal(ProviderErrorKind.BadResponse, (await FailsAsync(server)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_answer_larger_than_the_bound_is_refused_packed_or_not(string packing)
    {
        var large = LoopbackResponse.Json("[" + new string(' ', 3_000_000) + "]");
        await using var server = new LoopbackServer(packing switch { "gzip" => large.Gzipped(), "br" => large.Brotlied(), _ => large });

        var error = await FailsAsync(server, ("max_response_mb", "0.1"));

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.Contains("max_response_mb", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("br, identity, gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public async Task A_packing_that_was_not_asked_for_is_not_unpacked(string encoding)
    {
        var packed = LoopbackResponse.Json("[]").Gzipped();
        await using var server = new LoopbackServer(packed with { Headers = [("Content-Encoding", encoding)] });

        Assert.Equal(ProviderErrorKind.BadResponse, (await FailsAsync(server)).Kind);
    }

    [Theory]
    [InlineData("headers")]
    [InlineData("body")]
    [InlineData("chunks")]
    public async Task A_server_that_never_ends_its_answer_holds_nobody_beyond_the_time_limit_or_the_bound(string what)
    {
        await using var server = new TricklingServer(what);
        var registry = new ProviderRegistry();
        using var provider = Tiingo(server.Address);
        registry.Register(provider, new Dictionary<string, object> { ["timeout_seconds"] = "1", ["retries"] = "0" });
        await using var gateway = new ProviderGateway(registry, new GatewayOptions(), TimeProvider.System);

        var error = await Assert.ThrowsAsync<ProviderException>(() => gateway.FetchAsync("Tiingo", Requests.Of("OHLCV", "AAPL"), default).WaitAsync(Waiting.Limit));

        // Chunks come as fast as they are read: it is the bound or the time limit, whichever is met first.
        Assert.True(error.Kind == ProviderErrorKind.Unavailable || (what == "chunks" && error.Kind == ProviderErrorKind.BadResponse), error.ToString());
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_an_outage()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[" + new string(' ', 10_000) + "]") with { BreakOff = true });

        Assert.Equal(ProviderErrorKind.Unavailable, (await FailsAsync(server)).Kind);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_outage()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[]"));
        await server.StopAsync();

        var error = await FailsAsync(server);

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("ConnectionRefused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_accepted()
    {
        using var certificate = Certificate();
        await using var server = new LoopbackServer(_ => LoopbackResponse.Json("[]"), certificate);

        var error = await FailsAsync(server);

        Assert.Equal(ProviderErrorKind.Unavailable, error.Kind);
        Assert.Contains("TLS certificate", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_not_followed_even_to_a_configured_host()
    {
        using var certificate = Certificate();
        await using var target = new LoopbackServer(LoopbackResponse.Json("[1]"));
        await using var server = new LoopbackServer(r => r.Path == "/safe" ? LoopbackResponse.Json("[2]") : LoopbackResponse.Redirect(target.Address + "/moved"), certificate);
        var options = Options(("base_address", server.Address), ("redirect_hosts", new object[] { target.Authority })) with { TrustedRoots = [certificate] };
        using var source = new HttpSource(options, TimeProvider.System);

        // The connection itself is fine.
        var answer = await source.GetAsync(Query() with { Path = "safe" }, default);
        var error = await Assert.ThrowsAsync<ProviderException>(() => source.GetAsync(Query(), default));

        Assert.Equal("[2]", Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.Contains("http://" + target.Authority, error.Message, StringComparison.Ordinal);
        Assert.Empty(target.Requests);
        AssertNoSecret(error.ToString());
    }

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("0", null)]
    [InlineData("Wed, 06 Mar 2024 12:05:00 GMT", 300.0)]
    [InlineData("Wed, 06 Mar 2024 11:00:00 GMT", null)]
    [InlineData("Wed, 06 Mar 2024 11:05:00 GMT", 300.0, "Wed, 06 Mar 2024 11:00:00 GMT")]
    [InlineData("Wed, 06 Mar 2024 14:00:07 GMT", 7.0, "Wed, 06 Mar 2024 14:00:00 GMT")]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public async Task Retry_after_is_seconds_or_a_date_by_the_clock_of_the_service(string? header, double? seconds, string? date = null)
    {
        foreach (var status in new[] { 429, 503 })
        {
            (string, string?)[] headers = [("Retry-After", header), ("Date", date)];
            await using var server = new LoopbackServer(new LoopbackResponse { Status = status, Headers = [.. headers.Where(h => h.Item2 is not null)!] });

            var error = await FailsAsync(server);

            Assert.Equal(status == 429 ? ProviderErrorKind.RateLimited : ProviderErrorKind.Unavailable, error.Kind);
            Assert.Equal(seconds, error.RetryAfter?.TotalSeconds);
        }
    }

    [Fact]
    public async Task A_redirect_to_a_configured_host_is_followed()
    {
        await using var target = new LoopbackServer(LoopbackResponse.Json("[1]"));
        await using var server = new LoopbackServer(LoopbackResponse.Redirect(target.Address + "/moved"));
        using var source = Source(server, ("redirect_hosts", new object[] { target.Authority }));

        var answer = await source.GetAsync(Query(), default);

        Assert.Equal("[1]", Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(2, answer.Calls);
        Assert.Equal("/moved", target.Requests[0].Path);
    }

    [Fact]
    public async Task The_key_is_for_the_services_own_addresses_and_not_for_a_host_that_a_redirect_may_lead_to()
    {
        await using var target = new LoopbackServer(LoopbackResponse.Json("[1]"));
        await using var server = new LoopbackServer(r => r.Path == "/data" ? LoopbackResponse.Redirect("/next") : LoopbackResponse.Redirect(target.Address + "/moved"));
        using var source = Source(server, ("redirect_hosts", new object[] { target.Authority }));

        await source.GetAsync(Query(), default);

        Assert.All(server.Requests, request => Assert.Equal("Token " + Secret, request.Header("Authorization")));
        var moved = Assert.Single(target.Requests);
        Assert.Null(moved.Header("Authorization"));
        Assert.DoesNotContain(Secret, string.Join(' ', moved.Query.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_within_the_host_is_followed()
    {
        await using var server = new LoopbackServer(r => r.Path == "/there" ? LoopbackResponse.Json("[]") : LoopbackResponse.Redirect("/there", 307));
        using var source = Source(server);

        Assert.True((await source.GetAsync(Query(), default)).IsSuccess);
    }

    [Fact]
    public async Task A_redirect_elsewhere_is_not_followed_and_the_key_not_sent_there()
    {
        await using var elsewhere = new LoopbackServer(LoopbackResponse.Json("[]"));
        await using var server = new LoopbackServer(r => LoopbackResponse.Redirect($"{elsewhere.Address}/steal?apikey={r.Query["apikey"]}"));

        var error = await FailsAsync(server);

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.Contains(elsewhere.Authority, error.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
        AssertNoSecret(error.ToString());
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("/round")]
    public async Task Redirects_to_other_schemes_or_in_circles_end_as_bad_responses(string to)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Redirect(to));

        var error = await FailsAsync(server);

        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
        Assert.True(server.Requests.Count <= 6);
    }

    [Fact]
    public async Task An_etag_is_sent_back_with_the_same_query_only()
    {
        await using var server = new LoopbackServer(r => r.Header("If-None-Match") == "\"v1\""
            ? new LoopbackResponse { Status = 304 }
            : LoopbackResponse.Json("[]") with { Headers = [("ETag", "\"v1\"")] });
        using var source = Source(server);
        var first = await source.GetAsync(Query(), default);

        var same = await source.GetAsync(Query() with { Validator = first.Validator }, default);
        var other = await source.GetAsync(Query() with { Path = "other", Validator = first.Validator }, default);
        var foreign = await source.GetAsync(Query() with { Validator = "nonsense" }, default);

        Assert.True(same.NotModified);
        Assert.Equal(first.Validator, same.Validator);
        Assert.True(other.IsSuccess);
        Assert.True(foreign.IsSuccess);
        AssertNoSecret(first.Validator!);
    }

    [Fact]
    public async Task An_etag_that_repeats_the_key_is_not_kept()
    {
        await using var server = new LoopbackServer(LoopbackResponse.Json("[]") with { Headers = [("ETag", $"\"v1-{Uri.EscapeDataString(Secret)}\"")] });
        using var source = Source(server);

        Assert.Null((await source.GetAsync(Query(), default)).Validator);
    }

    [Fact]
    public async Task An_answer_of_not_modified_that_nobody_asked_for_is_a_bad_response()
    {
        await using var server = new LoopbackServer(new LoopbackResponse { Status = 304 });

        Assert.Equal(ProviderErrorKind.BadResponse, (await FailsAsync(server)).Kind);
    }

    [Theory]
    [InlineData(200, "application/json", "<html>")]
    [InlineData(200, "text/html", "[]")]
    [InlineData(200, "text/plain", "[]")]
    [InlineData(200, "application/octet-stream", "[]")]
    [InlineData(204, "application/json; charset=utf-8", "\uFEFF <html>")]
    public async Task What_is_not_what_was_asked_for_is_a_bad_response(int status, string contentType, string body)
    {
        await using var server = new LoopbackServer(LoopbackResponse.Text(body, contentType, status == 204 ? 200 : status));

        Assert.Equal(ProviderErrorKind.BadResponse, (await FailsAsync(server)).Kind);
    }

    [Fact]
    public async Task Cancelling_ends_the_call_as_a_cancellation()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new LoopbackServer(_ =>
        {
            stop.Cancel();
            return LoopbackResponse.Json("[]");
        });
        using var source = Source(server);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.GetAsync(Query(), stop.Token));
    }

    [Theory]
    [InlineData("ftp://example.org")]
    [InlineData("example.org")]
    [InlineData("https://user:pass@example.org")]
    [InlineData("https://example.org/?key=1")]
    public void An_address_that_could_hide_a_key_or_is_not_the_webs_is_refused(string address)
    {
        var error = Assert.Throws<MarketDataException>(() => Options(("base_address", address)));

        Assert.Equal("InvalidProviderSettings", error.ErrorId);
        Assert.DoesNotContain("pass", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("key=1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_failure_is_told_without_the_key_even_if_the_service_repeats_it()
    {
        LoopbackResponse[] answers =
        [
            LoopbackResponse.Text($"Bad key {Secret} or {Uri.EscapeDataString(Secret)}", "text/plain", 400),
            LoopbackResponse.Text($"Bad key {Secret}", "text/plain"),
            LoopbackResponse.Text($"<html>{Secret}</html>", "text/html"),
            LoopbackResponse.Text(Secret, "text/plain", 500),
            LoopbackResponse.Text(Secret, "text/plain", 429),
            LoopbackResponse.Redirect($"http://{Uri.EscapeDataString(Secret)}.example/"),
            LoopbackResponse.Redirect("http://example.org/?apikey=" + Uri.EscapeDataString(Secret)),
            LoopbackResponse.Json("[]") with { BreakOff = true },
            LoopbackResponse.Json("[]") with { Headers = [("Content-Encoding", "gzip")] },
        ];
        foreach (var answer in answers)
        {
            await using var server = new LoopbackServer(answer);
            using var source = Source(server);
            try
            {
                var got = await source.GetAsync(Query(), default);
                AssertNoSecret(source.Refusal(Query(), got, Encoding.UTF8.GetString(got.Body)).ToString());
            }
            catch (ProviderException e)
            {
                AssertNoSecret(e.ToString());
            }
        }
    }

    private static void AssertNoSecret(string text)
    {
        Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Uri.EscapeDataString(Secret), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("apikey=", text, StringComparison.OrdinalIgnoreCase);
    }

    private static HttpQuery Query() => new()
    {
        Path = "data",
        Parameters = [("a", "b c")],
        SecretParameter = ("apikey", Secret),
        Authorization = "Token " + Secret,
        Subject = "AAPL",
    };

    private static HttpSourceOptions Options(params (string Name, object Value)[] settings) => HttpSourceOptions.From(
        new ProviderOptions { Name = "Web", Type = "Web", Settings = settings.ToDictionary(s => s.Name, s => s.Value) }, ["https://example.org"])
        with
    { ConnectTimeout = Waiting.Limit }; // a busy machine may take long over a handshake

    private HttpSource Source(LoopbackServer server, params (string Name, object Value)[] settings) =>
        new(Options([("base_address", server.Address), .. settings]), _time);

    private async Task<ProviderException> FailsAsync(LoopbackServer server, params (string Name, object Value)[] settings)
    {
        using var source = Source(server, settings);
        return await Assert.ThrowsAsync<ProviderException>(() => source.GetAsync(Query(), default));
    }

    private static TiingoProvider Tiingo(string address) => TiingoProvider.FromOptions(
        new ProviderOptions { Name = "Tiingo", Type = "Tiingo", Settings = new Dictionary<string, object> { ["base_address"] = address, ["max_response_mb"] = "1" } },
        new ProviderServices { Environment = _ => "some-key" });

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
