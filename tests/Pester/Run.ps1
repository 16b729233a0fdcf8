<#
.SYNOPSIS
    Runs the specifications in this folder.
.DESCRIPTION
    "dotnet test" calls this with its own copy of Pester and reads the results from the output. By hand it needs an installed Pester.
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

    # Writes each test as a line of JSON behind this text, as soon as its file has run, and nothing for people.
    [string] $ResultMark,

    # Lists the tests without running them.
    [switch] $List
)

$ErrorActionPreference = 'Stop'
Import-Module -Name $Pester
. "$PSScriptRoot/Setup.ps1"

$lines = $LineFile ? [string[]] @(Get-Content -LiteralPath $LineFile) : @()
$files = Get-ChildItem -Path $Path -Filter *.Tests.ps1 -Recurse | Sort-Object -Property FullName |
    Where-Object { -not $LineFile -or $_.FullName -in ($lines -replace ':\d+$') }
try {
    foreach ($file in $files) {
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = $file.FullName
        $configuration.Run.PassThru = $true
        $configuration.Run.SkipRun = [bool] $List
        $configuration.Output.Verbosity = $ResultMark ? 'None' : 'Detailed'
        if ($LineFile) {
            $configuration.Filter.Line = $lines
        }

        $run = Invoke-Pester -Configuration $configuration
        if (-not $ResultMark) {
            continue
        }

        # What fails outside of a test is reported like one.
        $broken = @($run.Containers | Where-Object { -not $List -and $_.ErrorRecord.Count }) + @($run.FailedBlocks | Where-Object { $_.ErrorRecord.Count })
        foreach ($item in @($run.Tests | Where-Object { $List -or $_.Result -ne 'NotRun' }) + $broken) {
            $result = [ordered] @{
                Name    = $item.PSObject.Properties['ExpandedPath'] ? $item.ExpandedPath : [System.IO.Path]::GetFileName("$($item.Item)")
                File    = $item.PSObject.Properties['ScriptBlock'] -and $item.ScriptBlock ? $item.ScriptBlock.File : "$($item.Item)"
                Line    = $item.PSObject.Properties['StartLine'] ? $item.StartLine : 1
                Result  = "$($item.Result)"
                Seconds = $item.Duration.TotalSeconds
                Message = ($item.ErrorRecord | ForEach-Object { $_.DisplayErrorMessage ?? "$_" }) -join "`n"
                Trace   = ($item.ErrorRecord | ForEach-Object { $_.DisplayStackTrace ?? $_.ScriptStackTrace }) -join "`n"
            }
            [System.Console]::WriteLine($ResultMark + (ConvertTo-Json -Compress -InputObject $result))
        }
    }
}
finally {
    Remove-Module -Name MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
