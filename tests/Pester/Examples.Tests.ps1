BeforeDiscovery {
    . "$PSScriptRoot/Setup.ps1"
    # What asks a service on the internet or writes where only an administrator may is read by the other tests, not run.
    $script:Examples = foreach ($name in (Get-Command -Module MarketCache).Name) {
        $number = 0
        foreach ($example in (Get-Help -Name $name).examples.example) {
            $number++
            if ($example.code -notmatch 'Tiingo|/var/lib') {
                @{ Name = $name; Number = $number; Code = $example.code }
            }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Push-Location -LiteralPath $TestDrive
    Set-Content -LiteralPath watchlist.txt -Value 'AAPL', 'MSFT'

    # Every data type is answered by made-up values, so that no example needs a network.
    $types = 'OHLCV', 'DIVIDEND', 'TREASURY_3M', 'SPLIT', 'ADJUSTED_CLOSE', 'VOLUME' | ForEach-Object { "    ${_}: { providers: [Sample] }" }
    $made = @('cache:', '  data_types:') + $types
    Set-Content -LiteralPath cache_config.yaml -Value ($made + @('environments:', '  prod:', '    cache: { memory: { max_size: 500 } }'))
    Set-Content -LiteralPath $env:MARKETCACHE_CONFIG -Value $made
    Import-MarketCacheConfig
}

Describe 'Help examples' {
    BeforeEach {
        Clear-MarketCache
        $null = Get-MarketData -Ticker AAPL, MSFT -Last 1mo -WarningAction Ignore
        $null = Export-MarketCache -Path ./cache.zip
    }

    It '<Name>, example <Number>' -ForEach $Examples {
        # As a user pastes it; but an exit would end the tests.
        $run = [scriptblock]::Create(($Code -replace '\bexit\b', 'return'))

        { $ErrorActionPreference = 'Stop'; & $run } | Should -Not -Throw
    }
}

AfterAll {
    Set-Content -LiteralPath $env:MARKETCACHE_CONFIG -Value '# Nothing differs from the defaults.'
    Import-MarketCacheConfig
    Clear-MarketCache
    Pop-Location
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
