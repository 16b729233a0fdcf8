BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $file = Join-Path -Path $TestDrive -ChildPath 'project.yaml'
    Set-Content -LiteralPath $file -Value @'
cache:
  memory:
    max_size: 5
environments:
  prod:
    cache:
      memory:
        max_size: 6
'@
}

Describe 'Import-MarketCacheConfig' {
    It 'reads a file in place of the user''s' {
        Import-MarketCacheConfig -Path $file

        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 5
    }

    It 'lays an environment over it' {
        Import-MarketCacheConfig -Path $file -Environment prod

        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 6
    }

    It 'keeps what was set in this process over the file' {
        Set-MarketCacheConfig -Key cache.memory.max_size_mb -Value 33
        Import-MarketCacheConfig -Path $file

        (Get-MarketCacheConfig -Key cache.memory.max_size_mb).Value | Should -Be 33
        Set-MarketCacheConfig -Key cache.memory.max_size_mb -Reset
        (Get-MarketCacheConfig -Key cache.memory.max_size_mb).Value | Should -Be 100
    }

    It 'writes the settings in force with -PassThru' {
        (Import-MarketCacheConfig -Path $file -PassThru | Where-Object Key -EQ 'cache.memory.max_size').Value | Should -Be 5
    }

    It 'changes nothing with -WhatIf' {
        Import-MarketCacheConfig -Path $file
        Import-MarketCacheConfig -Path $file -Environment prod -WhatIf

        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 5
    }

    It 'refuses a file with a key that is none and keeps what holds' {
        Import-MarketCacheConfig -Path $file
        $wrongFile = Join-Path -Path $TestDrive -ChildPath 'wrong.yaml'
        Set-Content -LiteralPath $wrongFile -Value 'cache:', '  memory:', '    max_sze: 5'

        Import-MarketCacheConfig -Path $wrongFile -ErrorAction SilentlyContinue -ErrorVariable wrong

        "$wrong" | Should -BeLike '*wrong.yaml line 3*max_size*'
        (Get-MarketCacheConfig -Key cache.memory.max_size).Value | Should -Be 5
    }
}

AfterAll {
    Import-MarketCacheConfig
}
