<#
.SYNOPSIS
    Builds, shows, tests and packages MarketCache.
.DESCRIPTION
    A thin wrapper around dotnet; "dotnet build" alone makes the module importable and "dotnet test" runs every test.
.EXAMPLE
    ./build.ps1 -Task Demo
.EXAMPLE
    ./build.ps1 -Task Test, Package
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Demo', 'Test', 'Package')]
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
            'Demo' {
                Invoke-DotNet -Argument 'tool', 'restore'
                Invoke-DotNet -Argument 'build', './src/MarketCache.PowerShell', '--configuration', $Configuration
                Invoke-DotNet -Argument 'pwsh', '-NoProfile', '-Command', 'Import-Module -Name ./MarketCache.psd1; ./examples/quick-start.ps1'
            }
            'Test' {
                Invoke-DotNet -Argument 'test', '--configuration', $Configuration
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
