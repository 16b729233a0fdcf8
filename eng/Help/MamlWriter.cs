using System.Globalization;
using System.Management.Automation;
using System.Xml.Linq;

namespace MarketCache.Help;

/// <summary>Writes a cmdlet's help as MAML: what its page says, with syntax and types from the compiled cmdlet.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help file of several cmdlets.</summary>
    /// <param name="commands">Each cmdlet with its page.</param>
    public static XDocument Write(IEnumerable<(CmdletInfo Cmdlet, CmdletPage Page)> commands) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(
            Msh + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", Maml.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "command", Command.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "dev", Dev.NamespaceName),
            commands.Select(c => Element(c.Cmdlet, c.Page))));

    private static XElement Element(CmdletInfo cmdlet, CmdletPage page) => new(
        Command + "command",
        new XElement(
            Command + "details",
            new XElement(Command + "name", cmdlet.Name),
            new XElement(Command + "verb", cmdlet.Verb),
            new XElement(Command + "noun", cmdlet.Noun),
            new XElement(Maml + "description", Paragraph(page.Synopsis))),
        new XElement(Maml + "description", page.Text("Description").Select(Paragraph)),
        new XElement(Command + "syntax", cmdlet.ParameterSets.Select(set => Syntax(cmdlet, set))),
        new XElement(Command + "parameters", Own(cmdlet.ParameterSets.SelectMany(s => s.Parameters)).DistinctBy(p => p.Name).Select(p => Parameter(p, page))),
        new XElement(Command + "inputTypes", Types("inputType", page.Text("Inputs"))),
        new XElement(Command + "returnValues", Types("returnValue", page.Text("Outputs"))),
        new XElement(Maml + "alertSet", new XElement(Maml + "alert", page.Text("Notes").Select(Paragraph))),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", page.Text("See also").SelectMany(t => t.Split('\n')).Select(Link)));

    private static XElement Syntax(CmdletInfo cmdlet, CommandParameterSetInfo set) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", cmdlet.Name),
        Own(set.Parameters).OrderBy(p => p.Position < 0 ? int.MaxValue : p.Position).Select(p => Parameter(p, null)));

    private static IEnumerable<CommandParameterInfo> Own(IEnumerable<CommandParameterInfo> parameters) =>
        parameters.Where(p => !Cmdlet.CommonParameters.Contains(p.Name));

    private static XElement Parameter(CommandParameterInfo parameter, CmdletPage? page)
    {
        var isSwitch = parameter.ParameterType == typeof(SwitchParameter);
        var type = TypeName(parameter.ParameterType);
        return new XElement(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.ParameterType.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false"),
            new XAttribute("pipelineInput", PipelineInput(parameter)),
            new XAttribute("position", parameter.Position < 0 ? "named" : parameter.Position.ToString(CultureInfo.InvariantCulture)),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            page is null ? null : new XElement(Maml + "description", Description(parameter, page).Select(Paragraph)),
            isSwitch && page is null
                ? null
                : new XElement(Command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), type),
            new XElement(Dev + "type", new XElement(Maml + "name", type)));
    }

    private static IReadOnlyList<string> Description(CommandParameterInfo parameter, CmdletPage page) =>
        page.Parameters.TryGetValue(parameter.Name, out var text) ? text : parameter.Name switch
        {
            "WhatIf" => ["Shows what would happen, without doing it."],
            "Confirm" => ["Asks before each change."],
            _ => throw new PageException(page.Name, $"'### -{parameter.Name}' is missing."),
        };

    private static string PipelineInput(CommandParameterInfo parameter) => (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private static string TypeName(Type type)
    {
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        return actual.IsArray ? TypeName(actual.GetElementType()!) + "[]" : actual.Name;
    }

    private static IEnumerable<XElement> Types(string element, IReadOnlyList<string> lines) => lines.SelectMany(l => l.Split('\n')).Select(line => new XElement(
        Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", line.TrimStart('-', ' ')))));

    private static XElement Example(CmdletExample example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", string.Create(CultureInfo.InvariantCulture, $"Example {index + 1}: {example.Title}")),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", example.Remarks.Append(string.Empty).Select(Paragraph)));

    private static XElement Link(string text) => new(
        Maml + "navigationLink",
        new XElement(Maml + "linkText", text.TrimStart('-', ' ')),
        new XElement(Maml + "uri"));

    private static XElement Paragraph(string text) => new(Maml + "para", text);
}
