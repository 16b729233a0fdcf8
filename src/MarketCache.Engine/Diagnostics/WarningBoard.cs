using System.Collections.Concurrent;

namespace MarketCache.Engine.Diagnostics;

/// <summary>Collects warnings that belong to no single answer.</summary>
internal sealed class WarningBoard
{
    private const int Kept = 50;
    private readonly ConcurrentQueue<string> _recent = new();

    /// <summary>Raised for each warning, by the thread that met its cause.</summary>
    public event Action<string>? Raised;

    /// <summary>The most recent warnings, oldest first.</summary>
    public IReadOnlyList<string> Recent => [.. _recent];

    /// <summary>Adds a warning.</summary>
    /// <param name="text">What happened, to what, and what to do.</param>
    public void Add(string text)
    {
        _recent.Enqueue(text);
        while (_recent.Count > Kept && _recent.TryDequeue(out _))
        {
        }

        Raised?.Invoke(text);
    }
}
