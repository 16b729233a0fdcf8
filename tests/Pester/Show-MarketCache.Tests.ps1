BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $file = Join-Path -Path $TestDrive -ChildPath 'report.html'
}

Describe 'Show-MarketCache' {
    BeforeEach {
        Remove-Item -Path "$TestDrive/*" -Recurse
        Clear-MarketCache
        $null = Get-MarketData -Ticker AAPL, MSFT @Year
    }

    It 'draws the cache in lines of text without -Path' {
        $lines = Show-MarketCache -Ticker AAPL

        $lines[0] | Should -BeOfType [string]
        "$lines" | Should -BeLike '*Hit ratio*'
        @($lines | Where-Object { $_ -like 'AAPL *253 known' }).Count | Should -Be 1
        @($lines | Where-Object { $_ -like 'MSFT *' }).Count | Should -Be 0
        "$lines" | Should -Not -Match "`e"
    }

    It 'says that an empty cache is empty' {
        $env:MARKETCACHE_CACHE_DIR = Join-Path -Path $TestDrive -ChildPath 'empty'
        try {
            "$(Invoke-Process 'Show-MarketCache -InTerminal')" | Should -BeLike '*Nothing is cached yet*'
        }
        finally {
            $env:MARKETCACHE_CACHE_DIR = $null
        }
    }

    It 'writes one page that needs nothing else' {
        $written = Show-MarketCache -Path $file -PassThru
        $page = [xml] ((Get-Content -LiteralPath $file -Raw) -replace '(?i)<!doctype[^>]*>')

        $written.FullName | Should -Be $file
        $page.SelectNodes('//*[local-name()="article"]').Count | Should -Be 2
        (Get-Content -LiteralPath $file -Raw) | Should -Not -Match '(src|href)\s*=\s*["'']?https?:'
    }

    It 'needs no desktop' {
        $env:DISPLAY, $env:WAYLAND_DISPLAY = $null
        Show-MarketCache -Path $file

        $file | Should -Exist
    }

    It 'replaces a file only with -Force' {
        Set-Content -LiteralPath $file -Value 'mine'
        Show-MarketCache -Path $file -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'FileExists'
        $wrong[0].CategoryInfo.Category | Should -Be 'ResourceExists'
        Get-Content -LiteralPath $file | Should -Be 'mine'

        Show-MarketCache -Path $file -Force | Should -BeNullOrEmpty
        (Get-Item -LiteralPath $file).Length | Should -BeGreaterThan 1000
        Get-ChildItem -LiteralPath $TestDrive -Filter *.tmp | Should -BeNullOrEmpty
    }

    It 'writes nothing with -WhatIf' {
        Show-MarketCache -Path $file -WhatIf

        $file | Should -Not -Exist
    }

    It 'is one error where it cannot write' {
        Show-MarketCache -Path "$file/none/report.html" -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'FileAccessFailed'
    }

    It 'has -Path or -InTerminal, not both' {
        { Show-MarketCache -InTerminal -Path x.html } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
