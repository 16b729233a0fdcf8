using System.Globalization;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>Puts files in their place whole: written beside the store's own, then renamed.</summary>
internal sealed class FilePlacement
{
    private readonly StoreLayout _layout;
    private readonly TimeProvider _time;
    private long _names;

    public FilePlacement(StoreLayout layout, TimeProvider time)
    {
        _layout = layout;
        _time = time;
    }

    /// <summary>Puts a file in its place.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="path">The place.</param>
    /// <param name="folder">The shard's folder, made where it is missing.</param>
    /// <param name="record">What is known of the shard.</param>
    /// <param name="replaces">Whether there is a file in that place.</param>
    public void Put(ReadOnlySpan<byte> bytes, string path, string folder, ShardRecord record, bool replaces) =>
        Move(Write(bytes), path, folder, record, replaces);

    private string Write(ReadOnlySpan<byte> bytes)
    {
        string temp = Path.Join(
            _layout.Temp,
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _names):x}-{Random.Shared.NextInt64():x16}"));
        bool done = false;
        try
        {
            using (FileStream stream = PrivateFiles.CreateNew(temp))
            {
                SafeFileHandle handle = stream.SafeFileHandle;
                RandomAccess.Write(handle, bytes, 0);
                if (!ReferenceEquals(_time, TimeProvider.System))
                {
                    File.SetLastWriteTimeUtc(handle, _time.GetUtcNow().UtcDateTime);
                }
            }

            done = true;
            return temp;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }

    private static void Move(string temp, string path, string folder, ShardRecord record, bool replaces)
    {
        bool done = false;
        try
        {
            if (PrivateFiles.IsLink(folder))
            {
                File.Delete(folder); // The link; what it leads to stays as it is.
                PrivateFiles.CreateFolder(folder);
            }
            else if (record.HighWater == 0)
            {
                PrivateFiles.CreateFolder(folder);
            }

            try
            {
                if (replaces)
                {
                    FileReplacement.Replace(temp, path);
                }
                else
                {
                    File.Move(temp, path, overwrite: true);
                }
            }
            catch (DirectoryNotFoundException)
            {
                PrivateFiles.CreateFolder(folder);
                File.Move(temp, path, overwrite: true);
            }

            done = true;
        }
        finally
        {
            if (!done)
            {
                PrivateFiles.TryDelete(temp);
            }
        }
    }
}
