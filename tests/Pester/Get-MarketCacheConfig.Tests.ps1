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

    It 'understands wildcards' {
        (Get-MarketCacheConfig -Key cache.memory.*).Key | Should -Contain 'cache.memory.max_size'
        (Get-MarketCacheConfig -Key cache.memory.*).Key | Should -Not -Contain 'cache.disk.enabled'
    }
}
