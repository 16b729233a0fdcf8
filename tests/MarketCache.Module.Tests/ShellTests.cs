namespace MarketCache.Module.Tests;

public sealed class ShellTests
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'broken'", 1)]
    [InlineData("Get-NoSuchThing", 1)]
    [InlineData("Get-NoSuchThing; 'went on'", 0)]
    public async Task The_exit_code_says_how_a_command_ended(string command, int code)
    {
        Assert.Equal(code, (await ShellProcess.CommandAsync(command)).ExitCode);
    }

    [Fact]
    public async Task A_file_is_given_its_arguments_and_sets_the_exit_code()
    {
        var script = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".ps1");
        await File.WriteAllTextAsync(script, "param([int] $Number, [switch] $Flag) \"$Number $Flag\"; exit $Number");
        try
        {
            var result = await ShellProcess.RunAsync(["-File", script, "-Number", "5", "-Flag"]);

            Assert.Equal(["5 True"], result.Lines);
            Assert.Equal(5, result.ExitCode);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task Redirected_output_is_plain_text()
    {
        var result = await ShellProcess.CommandAsync("Get-Command -Module MarketCache");

        Assert.DoesNotContain('\u001b', result.Output);
        Assert.Contains("Get-MarketData", result.Output, StringComparison.Ordinal);
    }
}
