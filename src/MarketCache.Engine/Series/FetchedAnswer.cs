namespace MarketCache.Engine.Series;

/// <summary>A provider's answer to one call of a flight.</summary>
/// <param name="Response">The answer.</param>
/// <param name="Periods">The feed's periods.</param>
/// <param name="Span">The periods requested.</param>
/// <param name="Newest">Index of the newest period that had opened.</param>
/// <param name="At">When the provider was asked, UTC ticks.</param>
/// <param name="Validator">The mark that the provider was handed.</param>
internal sealed record FetchedAnswer(ProviderResponse Response, PeriodTable Periods, PeriodSpan Span, int Newest, long At, string? Validator);
