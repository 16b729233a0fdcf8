BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $examples = Join-Path -Path $Root -ChildPath 'examples'
}

Describe 'The examples folder' {
    BeforeEach {
        Clear-MarketCache
    }

    It 'has a test for each script' {
        $tested = [regex]::Matches((Get-Content -LiteralPath $PSCommandPath -Raw), '[a-z-]+\.ps1').Value | Select-Object -Unique

        foreach ($script in (Get-ChildItem -LiteralPath $examples -Filter *.ps1).Name) {
            $tested | Should -Contain $script
        }
    }

    It 'shows the main job: quick-start.ps1' {
        $text = & "$examples/quick-start.ps1" 6>&1 | Out-String

        $text | Should -BeLike 'Cold: *Warm: *'
    }

    It 'asks a provider of one''s own once: own-provider.ps1' {
        $lines = & "$examples/own-provider.ps1"

        @($lines | Where-Object { $_ -eq '1 provider call' }).Count | Should -Be 2
    }

    It 'moves the cache to a machine without internet: move-offline.ps1' {
        $lines = & "$examples/move-offline.ps1"

        $lines.Count | Should -Be 3
        $lines[2] | Should -BeLike '*rows offline, 0 provider calls'
    }

    It 'tries a rule on many tickers: backtest.ps1' {
        & "$examples/backtest.ps1" -Count 40 -Last 6mo | Should -BeLike '40 tickers, mean return*'
    }

    It 'refreshes a watch list, its failures being the exit code: refresh-watchlist.ps1' {
        $list = Join-Path -Path $TestDrive -ChildPath 'list.txt'
        Set-Content -LiteralPath $list -Value 'AAPL', 'NO/SUCH'

        $good = & "$examples/refresh-watchlist.ps1"
        $goodCode = $LASTEXITCODE
        $null = & "$examples/refresh-watchlist.ps1" -Path $list -ErrorAction SilentlyContinue
        $badCode = $LASTEXITCODE

        $good | Should -BeLike '6 series: *, 0 failed*'
        $goodCode | Should -Be 0
        $badCode | Should -Be 2
    }
}
