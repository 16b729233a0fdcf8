using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tests.Storage;

/// <summary>
/// Runs something on a thread to which modes apply, whoever runs the tests: root gives up, for that thread alone, the right to pass over
/// them.
/// </summary>
internal static partial class ReadOnlyFolders
{
    private const uint Version = 0x20080522;
    private const uint PassOverModes = 0b110; // CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH

    /// <summary>Whether modes can be made to apply to a thread of this process.</summary>
    public static bool Apply => OperatingSystem.IsLinux() || Environment.UserName != "root";

    /// <summary>Runs something and waits for it; what it throws is thrown.</summary>
    public static void Run(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    GiveUp();
                }

                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        }
    }

    private static void GiveUp()
    {
        uint[] header = [Version, 0];
        var sets = new uint[6]; // Two times effective, permitted, inheritable.
        if (GetCapabilities(header, sets) == 0)
        {
            sets[0] &= ~PassOverModes;
            Assert.Equal(0, SetCapabilities(header, sets));
        }
    }

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int GetCapabilities(uint[] header, [Out] uint[] sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(uint[] header, uint[] sets);
}
