<#
.SYNOPSIS
    Runs the specifications in this folder.
.DESCRIPTION
    "dotnet test" calls this with its own copy of Pester and a file for the results. By hand it needs an installed Pester.
.EXAMPLE
    ./tests/Pester/Run.ps1 -Path ./tests/Pester/Get-MarketData.Tests.ps1
#>
[CmdletBinding()]
param(
    [string] $Path = $PSScriptRoot,

    # Name or path of the Pester module.
    [string] $Pester = 'Pester',

    # A file with the places of the tests to run, one "file:line" a line; without it all run.
    [string] $LineFile,

    # A file that is given one line of JSON for each test.
    [string] $ResultFile,

    # Lists the tests without running them.
    [switch] $List
)

$ErrorActionPreference = 'Stop'
Import-Module -Name $Pester
. "$PSScriptRoot/Setup.ps1"

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Run.SkipRun = [bool] $List
$configuration.Output.Verbosity = $ResultFile ? 'None' : 'Detailed'
if ($LineFile) {
    $configuration.Filter.Line = [string[]] @(Get-Content -LiteralPath $LineFile)
}

try {
    $run = Invoke-Pester -Configuration $configuration
}
finally {
    Remove-Module -Name MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}

if ($ResultFile) {
    # What fails outside of a test is reported like one.
    $broken = @($run.Containers | Where-Object { -not $List -and $_.ErrorRecord.Count }) + @($run.FailedBlocks | Where-Object { $_.ErrorRecord.Count })
    $lines = foreach ($item in @($run.Tests | Where-Object { $List -or $_.Result -ne 'NotRun' }) + $broken) {
        $test = $item.PSObject.Properties['ExpandedPath'] ? $item.ExpandedPath : [System.IO.Path]::GetFileName("$($item.Item)")
        $file = $item.PSObject.Properties['ScriptBlock'] -and $item.ScriptBlock ? $item.ScriptBlock.File : "$($item.Item)"
        $place = $item.PSObject.Properties['StartLine'] ? $item.StartLine : 1
        ConvertTo-Json -Compress -InputObject ([ordered] @{
                Name    = $test
                File    = $file
                Line    = $place
                Result  = "$($item.Result)"
                Seconds = $item.Duration.TotalSeconds
                Message = ($item.ErrorRecord | ForEach-Object { $_.DisplayErrorMessage ?? "$_" }) -join "`n"
                Trace   = ($item.ErrorRecord | ForEach-Object { $_.DisplayStackTrace ?? $_.ScriptStackTrace }) -join "`n"
            })
    }
    [System.IO.File]::WriteAllLines($ResultFile, [string[]] @($lines))
}
