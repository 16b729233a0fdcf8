<#
.SYNOPSIS
    Builds, tests and packages MarketCache.
.DESCRIPTION
    A thin wrapper: everything it does is dotnet's or Pester's work, and "dotnet build" alone makes the module importable.
.EXAMPLE
    ./build.ps1 -Task Build
.EXAMPLE
    ./build.ps1 -Task Test, Package
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'

function Invoke-DotNet {
    param([string[]] $Argument)

    & dotnet @Argument
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($Argument -join ' ') failed with exit code $LASTEXITCODE."
    }
}

Push-Location -LiteralPath $PSScriptRoot
try {
    foreach ($name in $Task) {
        switch ($name) {
            'Build' {
                Invoke-DotNet -Argument 'build', '--configuration', $Configuration
            }
            'Test' {
                Invoke-DotNet -Argument 'test', '--configuration', $Configuration
                if (Get-Module -ListAvailable -Name Pester | Where-Object { $_.Version -ge '5.0' }) {
                    Invoke-Pester -Path ./tests/Pester -CI
                }
            }
            'Package' {
                Invoke-DotNet -Argument 'build', './eng/Package', '--configuration', 'Release'
            }
        }
    }
}
finally {
    Pop-Location
}
