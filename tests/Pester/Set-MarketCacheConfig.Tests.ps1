BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Set-MarketCacheConfig' {
    AfterEach {
        Get-MarketCacheConfig | Where-Object Source -EQ 'runtime' | ForEach-Object { Set-MarketCacheConfig -Key $_.Key -Reset }
    }

    It 'changes a setting at once and takes it back with -Reset' {
        (Set-MarketCacheConfig -Key cache.memory.max_size_mb -Value 12.5 -PassThru).Value | Should -Be 12.5
        (Get-MarketCacheConfig -Key cache.memory.max_size_mb).Source | Should -Be 'runtime'
        (Get-CacheStats).Tiers[0].ByteLimit / 1MB | Should -Be 12.5

        (Set-MarketCacheConfig -Key cache.memory.max_size_mb -Reset -PassThru).Value | Should -Be 100
    }

    It 'understands <Text> as it is written, although PowerShell sees a number or an object' -ForEach @(
        @{ Text = '7d'; Value = '7d'; Expected = '7d' }
        @{ Text = '30s'; Value = '30s'; Expected = '30s' }
        @{ Text = 'a time span'; Value = [timespan] '01:00:00'; Expected = '3600' }
    ) {
        (Set-MarketCacheConfig -Key cache.ttl_by_data_type.CPI_INDEX -Value $Value -PassThru).Value | Should -Be $Expected
    }

    It 'keeps what is in memory and counted when limits change' {
        Clear-MarketCache
        $null = Get-MarketData -Ticker AAPL, MSFT @Year
        $requests = (Get-CacheStats).Requests

        Set-MarketCacheConfig -Key cache.memory.max_size -Value 50
        Set-MarketCacheConfig -Key cache.disk.max_size_gb -Value 0.5
        Set-MarketCacheConfig -Key cache.ttl_by_data_type.OHLCV -Value 1m
        Set-MarketCacheConfig -Key cache.freshness.stale_if_error -Value 2d
        Set-MarketCacheConfig -Key cache.providers.Tiingo.budget.per_minute -Value 3

        (Get-MarketData -Ticker AAPL @Year -AsSeries).Status.RowsFromMemory | Should -Be 253
        $stats = Get-CacheStats
        $stats.Requests | Should -Be ($requests + 1)
        $stats.Tiers[0].EntryLimit | Should -Be 50
        $stats.Tiers[1].ByteLimit | Should -Be 0.5GB
        (Get-MarketDataProvider -Name Tiingo).BudgetLeft | Should -BeLike '*3 per minute'
    }

    It 'keeps what is in memory when a setting of a provider changes, and what is counted whatever changes' {
        $null = Get-MarketData -Ticker AAPL @Year
        $requests = (Get-CacheStats).Requests

        Set-MarketCacheConfig -Key cache.providers.Sample.retries -Value 5
        (Get-MarketData -Ticker AAPL @Year -AsSeries).Status.RowsFromMemory | Should -Be 253

        Set-MarketCacheConfig -Key cache.memory.enabled -Value $false
        Set-MarketCacheConfig -Key cache.memory.enabled -Value $true
        (Get-CacheStats).Requests | Should -Be ($requests + 1)
    }

    It 'completes a relative path from the current location' {
        Push-Location -LiteralPath $TestDrive
        $set = Set-MarketCacheConfig -Key cache.log.file -Value here.log -PassThru
        Pop-Location

        $set.Value | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/here.log"))
    }

    It 'lets entries go that a lower limit does not admit' {
        $null = Get-MarketData -Ticker AAPL, MSFT @Year
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 1

        (Get-CacheStats).Tiers[0].Entries | Should -Be 1
    }

    It 'refuses <Key> = <Value> with what was expected' -ForEach @(
        @{ Key = 'cache.memory.max_sze'; Value = '1'; Expected = '*max_size*' }
        @{ Key = 'cache.memory.max_size'; Value = 'many'; Expected = '*whole number*' }
    ) {
        Set-MarketCacheConfig -Key $Key -Value $Value -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        "$wrong" | Should -BeLike $Expected
        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 1000
    }

    It 'changes nothing with -WhatIf' {
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 50 -WhatIf

        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 1000
    }

    It 'keeps nothing that it cannot persist' {
        # A folder where the file should be.
        $file = Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml'
        $null = [System.IO.Directory]::CreateDirectory($file)
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 50 -Persist -ErrorAction SilentlyContinue -ErrorVariable wrong
        [System.IO.Directory]::Delete($file)

        $wrong.Count | Should -Be 1
        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 1000
    }

    It 'keeps with -Persist what it is not told to change' {
        $file = Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml'
        Set-MarketCacheConfig -Key cache.ttl_by_data_type.OHLCV -Value 45s -Persist
        Set-MarketCacheConfig -Key cache.ttl_by_data_type.OHLCV.after_hours -Value 9m -Persist
        $next = Invoke-Process 'Get-MarketCacheConfig -Key cache.ttl_by_data_type.OHLCV | ForEach-Object { "$($_.Value)" }'
        Remove-Item -LiteralPath $file
        Import-MarketCacheConfig

        $next | Should -Be '9m', '45s'
    }

    It 'says with -Persist that a variable wins over the file' {
        $env:MARKETCACHE_MEMORY_MAX_SIZE = '60'
        Import-MarketCacheConfig
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 61 -Persist -WarningAction SilentlyContinue -WarningVariable warned
        $now = (Get-MarketCacheConfig -Key cache.memory.max_size).Value
        $env:MARKETCACHE_MEMORY_MAX_SIZE = $null
        Remove-Item -LiteralPath (Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml')
        Set-MarketCacheConfig -Key cache.memory.max_size -Reset
        Import-MarketCacheConfig

        "$warned" | Should -BeLike '*MARKETCACHE_MEMORY_MAX_SIZE*'
        $now | Should -Be 61
    }

    It 'loses nothing when two processes persist at once' {
        $file = Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml'
        $write = { param($Manifest, $Keys) Import-Module -Name $Manifest; foreach ($key in $Keys) { Set-MarketCacheConfig -Key $key -Value 3 -Persist } }
        $one = Start-Job -ScriptBlock $write -ArgumentList $Manifest, @('cache.memory.max_size', 'cache.providers.Yahoo.retries', 'cache.log.files')
        $two = Start-Job -ScriptBlock $write -ArgumentList $Manifest, @('cache.disk.max_size_gb', 'cache.providers.Tiingo.retries', 'cache.freshness.absent_sessions')
        $null = $one, $two | Receive-Job -Wait -AutoRemoveJob
        Import-MarketCacheConfig
        $saved = @(Get-MarketCacheConfig | Where-Object Layer -EQ 'UserFile')
        Remove-Item -LiteralPath $file
        Import-MarketCacheConfig

        $saved.Count | Should -Be 6
    }

    It 'holds in the next process with -Persist' {
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 77 -Persist
        $next = Invoke-Process 'Get-MarketCacheConfig -Key cache.memory.max_size | ForEach-Object { "$($_.Value) $($_.Layer)" }'
        Remove-Item -LiteralPath (Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml')
        Import-MarketCacheConfig

        $next | Should -Be '77 UserFile'
    }
}
