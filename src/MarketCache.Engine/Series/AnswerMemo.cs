namespace MarketCache.Engine.Series;

/// <summary>The last few complete answers from one state of a feed. Immutable: adding makes a new one.</summary>
internal sealed class AnswerMemo
{
    private const int Size = 8;
    private readonly Answer[] _answers;

    private AnswerMemo(Answer[] answers)
    {
        _answers = answers;
    }

    /// <summary>Approximate managed memory, in bytes.</summary>
    public long MemoryBytes => 64 + (8L * Size) + _answers.Sum(static answer => answer.MemoryBytes);

    /// <summary>An earlier answer to the same question that still holds, or null.</summary>
    /// <param name="type">The data type's name, in the catalog's spelling.</param>
    /// <param name="start">First day requested.</param>
    /// <param name="end">Last day requested.</param>
    /// <param name="now">The moment, UTC ticks.</param>
    public Answer? Find(string type, DateOnly start, DateOnly end, long now)
    {
        foreach (var answer in _answers)
        {
            if (ReferenceEquals(answer.Type, type) && answer.Range.Start == start && answer.Range.End == end && now >= answer.From && now < answer.Until)
            {
                return answer;
            }
        }

        return null;
    }

    /// <summary>The memo with an answer more; the oldest makes room.</summary>
    /// <param name="memo">The memo so far, or null.</param>
    /// <param name="answer">The answer.</param>
    public static AnswerMemo With(AnswerMemo? memo, Answer answer) =>
        new([answer, .. (memo?._answers ?? []).Where(a => a.Range != answer.Range || !ReferenceEquals(a.Type, answer.Type)).Take(Size - 1)]);
}
