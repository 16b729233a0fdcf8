using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Commands;

/// <summary>
/// Says how far a list of requests is: nothing in the first half second, then at most five times a second, and an end wherever
/// there was a beginning. A single request shows nothing.
/// </summary>
internal sealed class ProgressMeter : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static int _lastId;

    private readonly string _activity;
    private readonly TimeProvider _time;
    private readonly Func<Action, bool> _post;
    private readonly Action<ProgressRecord> _write;
    private readonly long _started;
    private int _expected;
    private int _answered;
    private int _shown = -1;
    private long _shownAt;
    private int _id;
    private ITimer? _timer;

    /// <param name="activity">What is done, as a heading.</param>
    /// <param name="time">The clock.</param>
    /// <param name="post">Has the pipeline thread run something when it next waits.</param>
    /// <param name="write">Writes to the progress stream; called on the pipeline thread.</param>
    internal ProgressMeter(string activity, TimeProvider time, Func<Action, bool> post, Action<ProgressRecord> write)
    {
        _activity = activity;
        _time = time;
        _post = post;
        _write = write;
        _started = time.GetTimestamp();
    }

    /// <summary>Whether no more requests will be expected, so that a share can be given.</summary>
    internal bool IsTotalKnown { get; set; }

    /// <summary>There will be so many more requests.</summary>
    /// <param name="count">How many.</param>
    internal void Expect(int count) => _expected += count;

    /// <summary>A request was answered. May be called by any thread.</summary>
    internal void Answered() => Interlocked.Increment(ref _answered);

    /// <summary>On the pipeline thread, before it waits: from now on it shows progress.</summary>
    internal void Waiting()
    {
        if (_timer is null && _expected > 1)
        {
            var left = Quiet - _time.GetElapsedTime(_started);
            _timer = _time.CreateTimer(_ => _post(Show), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Pause);
        }
    }

    /// <summary>On the pipeline thread: shows how far things are, unless that was shown just now.</summary>
    internal void Show()
    {
        var answered = Volatile.Read(ref _answered);
        if (_expected < 2 || answered == _shown || _time.GetElapsedTime(_started) < Quiet || (_shown >= 0 && _time.GetElapsedTime(_shownAt) < Pause))
        {
            return;
        }

        // Each command in a pipeline has its own line.
        _id = _id == 0 ? Interlocked.Increment(ref _lastId) : _id;
        _shown = answered;
        _shownAt = _time.GetTimestamp();
        _write(new ProgressRecord(_id, _activity, string.Create(CultureInfo.InvariantCulture, $"{answered} of {_expected}"))
        {
            PercentComplete = IsTotalKnown ? (int)Math.Min(100L, 100L * answered / _expected) : -1,
        });
    }

    /// <summary>On the pipeline thread: takes away what was shown.</summary>
    internal void Complete()
    {
        Dispose();
        if (_shown >= 0)
        {
            _shown = -1;
            _expected = 0;
            _write(new ProgressRecord(_id, _activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();
}
