BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $null = Get-MarketData -Ticker AAPL, MSFT @Year
    $all = @(Get-MarketCacheEntry)
}

Describe 'Export-MarketCache' {
    BeforeEach {
        $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).zip"
    }

    It 'writes every series into one file' {
        (Export-MarketCache -Path $file).Series | Should -Be $all.Count

        $file | Should -Exist
    }

    It 'writes the entries that are piped in' {
        ($all | Where-Object Ticker -EQ 'MSFT' | Export-MarketCache -Path $file).Series | Should -Be ($all.Count / 2)
    }

    It 'takes tickers from the pipeline' {
        ('AAPL', 'MSFT' | Export-MarketCache -Path $file).Series | Should -Be $all.Count
    }

    It 'cannot write into a folder that is not there' {
        Export-MarketCache -Path (Join-Path -Path $file -ChildPath 'none.zip') -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
    }
}
