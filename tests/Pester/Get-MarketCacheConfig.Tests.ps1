BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Get-MarketCacheConfig' {
    It 'gives a setting with its value, its default and where the value comes from' {
        $setting = Get-MarketCacheConfig -Key cache.memory.max_size

        $setting.Value | Should -Be 1000
        $setting.Default | Should -Be 1000
        $setting.Source | Should -Not -BeNullOrEmpty
    }

    It 'gives every setting without a key, each once' {
        $keys = (Get-MarketCacheConfig).Key

        $keys.Count | Should -BeGreaterThan 10
        ($keys | Select-Object -Unique).Count | Should -Be $keys.Count
        $keys | Should -Contain 'cache.memory.max_size_mb'
    }

    It 'is an error for a key that does not exist, with the nearest that does' {
        $found = Get-MarketCacheConfig -Key cache.memory.max_sze -ErrorAction SilentlyContinue -ErrorVariable wrong

        $found | Should -BeNullOrEmpty
        Get-ErrorId $wrong[0] | Should -Be 'UnknownSetting'
        "$wrong" | Should -BeLike '*cache.memory.max_size*'
    }

    It 'lists the settings of a section, times to live and what providers go by' {
        (Get-MarketCacheConfig -Key cache.memory).Key | Should -Contain 'cache.memory.max_size'
        (Get-MarketCacheConfig -Key cache.ttl_by_data_type).Key | Should -Contain 'cache.ttl_by_data_type.CPI_INDEX'
        (Get-MarketCacheConfig -Key cache.providers.Yahoo.retries).Value | Should -Be 2
    }

    It 'understands wildcards' {
        (Get-MarketCacheConfig -Key cache.memory.*).Key | Should -Contain 'cache.memory.max_size'
        (Get-MarketCacheConfig -Key cache.memory.*).Key | Should -Not -Contain 'cache.disk.enabled'
    }
}
