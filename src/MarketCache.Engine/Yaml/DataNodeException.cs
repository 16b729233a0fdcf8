namespace MarketCache.Engine.Yaml;

/// <summary>A node of a YAML document is wrong.</summary>
internal sealed class DataNodeException : MarketDataException
{
    /// <param name="node">The node.</param>
    /// <param name="errorId">Stable id.</param>
    /// <param name="message">The whole message, with file, line, column and key.</param>
    /// <param name="problem">What is wrong, without the place.</param>
    public DataNodeException(DataNode node, string errorId, string message, string problem)
        : base(errorId, message)
    {
        Node = node;
        Problem = problem;
        Target = node.File;
    }

    /// <summary>The node.</summary>
    public DataNode Node { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }
}
