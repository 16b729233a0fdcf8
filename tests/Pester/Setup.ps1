# Dot-sourced by every file here: a cache folder and settings of this process's own, then the module of this checkout.
$script:Manifest = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'MarketCache.psd1'))
$script:Folder = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "marketcache-pester-$PID")
$null = New-Item -Path $Folder -ItemType Directory -Force
$settings = [System.IO.Path]::Combine($Folder, 'config.yaml')
if (-not (Test-Path -LiteralPath $settings)) {
    Set-Content -LiteralPath $settings -Value '# Nothing differs from the defaults.'
}

Get-ChildItem -Path Env:MARKETCACHE_* | Remove-Item
$env:MARKETCACHE_CONFIG = $settings
$env:MARKETCACHE_CACHE_DIR = [System.IO.Path]::Combine($Folder, 'cache')
Import-Module -Name $Manifest

# A year of made-up bars: 253 sessions.
$script:Year = @{ Provider = 'Sample'; Start = '2020-01-01'; End = '2020-12-31'; WarningAction = 'Ignore' }
