BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $package = Get-ChildItem -LiteralPath (Join-Path -Path $Root -ChildPath 'artifacts') -Filter MarketCache.*.nupkg
    $modules = Join-Path -Path $TestDrive -ChildPath 'modules'
    $null = New-Item -Path $modules -ItemType Directory
}

Describe 'The package' {
    It 'is installed by Install-PSResource into an empty module path and does the main job there' {
        $lines = Invoke-Process -NoImport @"
`$env:PSModulePath = '$modules' + [System.IO.Path]::PathSeparator + `$env:PSModulePath
`$ProgressPreference = 'SilentlyContinue'
Register-PSResourceRepository -Name Built -Uri '$($package.DirectoryName)' -Trusted
Save-PSResource -Name MarketCache -Repository Built -Path '$modules'
Unregister-PSResourceRepository -Name Built
Import-Module -Name MarketCache
(Get-Module -Name MarketCache).ModuleBase
(Get-Help -Name Get-MarketData).Synopsis
`$ask = @{ Ticker = 'PACK'; Provider = 'Sample'; Start = '2020-01-01'; End = '2020-12-31'; WarningAction = 'Ignore' }
(Get-MarketData @ask).Count
(Get-MarketData @ask -AsSeries).Status.ProviderCalls
"@

        $lines[0] | Should -BeLike (Join-Path -Path $modules -ChildPath 'MarketCache/*')
        $lines[1] | Should -Not -BeNullOrEmpty
        $lines[2..3] | Should -Be '253', '0'
        $lines.Count | Should -Be 4
    }
}
