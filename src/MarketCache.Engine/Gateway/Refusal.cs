using System.Globalization;

namespace MarketCache.Engine.Gateway;

/// <summary>What the gateway says when it makes no call.</summary>
internal static class Refusal
{
    /// <summary>The provider failed too often.</summary>
    public static ProviderException BreakerIsOpen(
        string provider, ProviderRequest request, TimeSpan wait, DateTime now, string? lastError, Exception? cause)
    {
        var last = lastError is null ? string.Empty : $" Its last failure: {lastError}";
        return new ProviderException(ProviderErrorKind.Unavailable, $"Provider '{provider}' keeps failing and is not called until {At(now + wait)}.{last}", cause)
        {
            RetryAfter = wait,
            Provider = provider,
            Target = request.Ticker ?? request.DataType,
        };
    }

    /// <summary>A budget is spent or the provider cools down, for longer than a request waits.</summary>
    public static ProviderException MustWait(string provider, ProviderRequest request, Admission admission, DateTime now, GatewaySettings settings)
    {
        var at = At(now + admission.Wait);
        var why = admission.IsCoolingDown
            ? $"Provider '{provider}' asked for a pause until {at}."
            : $"The call budget of provider '{provider}' ({Limits(settings)}) is spent; the next call is possible at {at}.";
        var plan = settings.HasFreeBudget && !admission.IsCoolingDown
            ? $" This is the limit of the service's free plan. If you have a paid plan, set 'budget' in the entry of '{provider}'."
            : string.Empty;
        var bound = settings.MaxWait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return new ProviderException(ProviderErrorKind.RateLimited, $"{why} Try again then, or raise 'max_wait_seconds' (now {bound}) to wait for it.{plan}")
        {
            RetryAfter = admission.Wait,
            Provider = provider,
            Target = request.Ticker ?? request.DataType,
        };
    }

    /// <summary>A provider needs for its answer what it is requested.</summary>
    public static ProviderException AsksItself(string provider, ProviderRequest request)
    {
        var subject = request.Ticker is null ? request.DataType : $"{request.DataType} of {request.Ticker}";
        return new ProviderException(
            ProviderErrorKind.BadRequest,
            $"Provider '{provider}' requests {subject} from itself to answer that same request. Let it use another provider (-Provider) or cached rows only (-Offline).")
        {
            Provider = provider,
            Target = request.Ticker ?? request.DataType,
        };
    }

    private static string Limits(GatewaySettings settings) =>
        string.Join(", ", settings.Budget.Select(limit => string.Create(CultureInfo.InvariantCulture, $"{limit.Calls} per {limit.Window}")));

    // Rounded up: a retry at the second named must not be a fraction early.
    private static string At(DateTime time) =>
        time.AddTicks(TimeSpan.TicksPerSecond - 1).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
