using System.Text.RegularExpressions;

namespace MarketCache.Engine.Tests.Architecture;

/// <summary>An assembly's rooms, which are its namespaces, in the order in which they build on each other.</summary>
/// <param name="assembly">The assembly's name.</param>
/// <param name="rooms">The rooms by what follows the assembly's name, lowest first; empty for the root.</param>
internal sealed partial class RoomOrder(string assembly, IReadOnlyList<string> rooms)
{
    /// <summary>What is wrong with the <c>using</c> lines of a folder of sources, and where namespaces are not their folders.</summary>
    public IReadOnlyList<string> FaultsOfSources(string folder)
    {
        var faults = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(folder, file).Replace('\\', '/');
            if (path.StartsWith("bin/", StringComparison.Ordinal) || path.StartsWith("obj/", StringComparison.Ordinal))
            {
                continue;
            }

            var text = File.ReadAllText(file);
            var room = NamespaceLine().Match(text).Groups[1].Value;
            var expected = string.Join('.', [assembly, .. path.Split('/')[..^1]]);
            if (room != expected)
            {
                faults.Add($"{path} has the namespace {room}, not {expected}");
            }

            foreach (Match line in UsingLine().Matches(text))
            {
                if (Fault(room, line.Groups[1].Value) is { } fault)
                {
                    faults.Add($"{path}: {fault}");
                }
            }
        }

        return faults;
    }

    /// <summary>What is wrong with the uses in a built assembly.</summary>
    public IReadOnlyList<string> FaultsOfAssembly(string file) =>
    [
        .. TypeUses.Of(file)
            .Select(use => (Fault: Fault(use.From, use.To), use.User, use.Used))
            .Where(use => use.Fault is not null)
            .Select(use => $"{use.User} uses {use.Used}: {use.Fault}")
            .Order(StringComparer.Ordinal),
    ];

    private string? Fault(string from, string to)
    {
        if (!IsOurs(from) || !IsOurs(to))
        {
            return null;
        }

        var (user, used) = (IndexOf(Room(from)), IndexOf(Room(to)));
        return user < 0 ? $"the room {from} is not in the order"
            : used < 0 ? $"the room {to} is not in the order"
            : used > user ? $"{from} lies below {to}"
            : null;
    }

    private int IndexOf(string room)
    {
        for (var i = 0; i < rooms.Count; i++)
        {
            if (rooms[i] == room)
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsOurs(string space) => space == assembly || space.StartsWith(assembly + ".", StringComparison.Ordinal);

    private string Room(string space) => space.Length > assembly.Length ? space[(assembly.Length + 1)..] : string.Empty;

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(MarketCache[\w.]*)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
