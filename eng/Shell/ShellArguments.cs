namespace MarketCache.Shell;

/// <summary>What the command line asks for, in pwsh's own words.</summary>
internal sealed record ShellArguments
{
    /// <summary>Text of <c>-Command</c>, or null.</summary>
    public string? Command { get; private init; }

    /// <summary>Path of <c>-File</c>, or null.</summary>
    public string? File { get; private init; }

    /// <summary>What follows the file.</summary>
    public IReadOnlyList<string> FileArguments { get; private init; } = [];

    /// <summary>The module to import instead of the one in this checkout.</summary>
    public string? Module { get; private init; }

    /// <summary>Whether no module is imported.</summary>
    public bool NoModule { get; private init; }

    /// <summary>Whether the usage is to be shown.</summary>
    public bool Help { get; private init; }

    /// <summary>Reads a command line. What begins with neither a known switch nor a dash is a command, as in pwsh.</summary>
    public static ShellArguments Parse(string[] args)
    {
        var result = new ShellArguments();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i].TrimStart('-').ToLowerInvariant())
            {
                case "command" or "c":
                    return result with { Command = string.Join(' ', args[(i + 1)..]) };
                case "file" or "f" when i + 1 < args.Length:
                    return result with { File = args[i + 1], FileArguments = args[(i + 2)..] };
                case "module" when i + 1 < args.Length:
                    result = result with { Module = args[++i] };
                    break;
                case "nomodule":
                    result = result with { NoModule = true };
                    break;
                case "noprofile" or "nologo" or "noninteractive":
                    break;
                case "help" or "h" or "?":
                    return result with { Help = true };
                default:
                    return result with { Command = string.Join(' ', args[i..]) };
            }
        }

        return result;
    }
}
