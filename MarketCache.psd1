@{
    RootModule             = 'module/bin/MarketCache.PowerShell.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '6f7a53ce-0a2b-4c0e-9d35-6f0f1d7b2c84'
    Author                 = 'The MarketCache contributors'
    CompanyName            = 'The MarketCache contributors'
    Copyright              = 'Copyright (c) The MarketCache contributors. MIT licence.'
    Description            = 'Market data from a cache that knows trading sessions: prices, dividends, splits and economic series, answered from memory and disk, with only the missing rows fetched from the provider.'
    PowerShellVersion      = '7.4'
    CompatiblePSEditions   = @('Core')
    FormatsToProcess       = @('module/MarketCache.Format.ps1xml')
    TypesToProcess         = @('module/MarketCache.Types.ps1xml')
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    CmdletsToExport        = @(
        'Clear-MarketCache'
        'Export-MarketCache'
        'Export-MarketData'
        'Get-CacheStats'
        'Get-MarketCacheConfig'
        'Get-MarketCacheEntry'
        'Get-MarketData'
        'Get-MarketDataProvider'
        'Get-MarketSession'
        'Import-MarketCache'
        'Import-MarketCacheConfig'
        'Optimize-MarketCache'
        'Register-MarketDataProvider'
        'Set-MarketCacheConfig'
        'Show-MarketCache'
        'Show-MarketData'
        'Test-MarketCache'
        'Unregister-MarketDataProvider'
        'Update-MarketCache'
    )
    PrivateData            = @{
        PSData = @{
            Tags       = @('Cache', 'Finance', 'MarketData', 'OHLCV', 'Stocks', 'Dividends', 'Economics', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ProjectUri = 'https://marketcache.example'
            LicenseUri = 'https://marketcache.example/LICENSE'
            IconUri    = 'https://marketcache.example/module/icon.png'
            ReleaseNotes = @'
0.1.0: the first version.
- Get-MarketData answers from memory, disk or the provider, and fetches only the sessions that are missing or may still change.
- Update-MarketCache refreshes watch lists; Export-MarketCache and Import-MarketCache carry the cache to machines without internet.
- Get-CacheStats, Show-MarketCache, Test-MarketCache, Optimize-MarketCache and Clear-MarketCache look after it.
- Providers Yahoo, Fred, Tiingo, AlphaVantage, Csv and Sample, and your own by Register-MarketDataProvider.
CHANGELOG.md has the details.
'@
        }
    }
}
