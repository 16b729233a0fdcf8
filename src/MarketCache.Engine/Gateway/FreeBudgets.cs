using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Gateway;

/// <summary>The budgets of those who pay a service nothing, by provider type: from <c>budgets.yaml</c>, which names the sources.</summary>
internal static class FreeBudgets
{
    private static readonly Lazy<Dictionary<string, BudgetLimit[]>> Shipped = new(Read);

    /// <summary>The budget of a type; empty where its service publishes none.</summary>
    /// <param name="type">The provider's type.</param>
    public static IReadOnlyList<BudgetLimit> Of(string type) => Shipped.Value.GetValueOrDefault(type, []);

    private static Dictionary<string, BudgetLimit[]> Read()
    {
        var budgets = new Dictionary<string, BudgetLimit[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (type, limits) in DataFileReader.ReadResource("Providers/budgets.yaml")["budgets"]!.Entries)
        {
            budgets.Add(type, [.. BudgetLimit.Windows
                .Select(window => (window.Window, window.Length, Calls: limits["per_" + window.Window]))
                .Where(window => window.Calls is not null)
                .Select(window => new BudgetLimit(window.Window, window.Length, int.Parse(window.Calls!.Text, CultureInfo.InvariantCulture)))]);
        }

        return budgets;
    }
}
