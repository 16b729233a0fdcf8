BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Show-MarketData' {
    It 'draws a chart in the terminal: what the series did, prices, volume and dates' {
        $lines = Get-MarketData -Ticker AAPL @Year | Show-MarketData

        $lines.Count | Should -BeGreaterThan 10
        $lines[0] | Should -BeLike 'AAPL: *2020-01-02 to 2020-12-31*'
        $lines[-1] | Should -BeLike '*Jan 2020*Dec 2020*'
    }

    It 'draws one chart for each ticker' {
        (Get-MarketData -Ticker AAPL, MSFT @Year | Show-MarketData) -match '^(AAPL|MSFT): ' | Should -HaveCount 2
    }

    It 'takes answers of -AsSeries and rows that went through a file alike' {
        $rows = Get-MarketData -Ticker AAPL @Year
        $rows | Export-Clixml -LiteralPath "$TestDrive/rows.xml"
        $expected = $rows | Show-MarketData

        Get-MarketData -Ticker AAPL @Year -AsSeries | Show-MarketData | Should -Be $expected
        Import-Clixml -LiteralPath "$TestDrive/rows.xml" | Show-MarketData | Should -Be $expected
    }

    It 'writes <Name> and replaces it only with -Force' -ForEach @(
        @{ Name = 'chart.svg'; Begin = '<svg *' }
        @{ Name = 'chart.html'; Begin = '<!DOCTYPE html>*' }
    ) {
        $file = Get-MarketData -Ticker AAPL @Year | Show-MarketData -Path "$TestDrive/$Name" -PassThru
        Get-MarketData -Ticker AAPL @Year | Show-MarketData -Path "$TestDrive/$Name" -ErrorAction SilentlyContinue -ErrorVariable wrong

        Get-Content -LiteralPath $file -Raw | Should -BeLike $Begin
        Get-ErrorId $wrong[0] | Should -Be 'FileExists'
        Get-MarketData -Ticker AAPL @Year | Show-MarketData -Path "$TestDrive/$Name" -Force
    }

    It 'says what it cannot draw' {
        Get-Date | Select-Object -Property Year | Show-MarketData -ErrorAction SilentlyContinue -ErrorVariable wrong -WarningAction SilentlyContinue
        Get-ErrorId $wrong[0] | Should -Be 'InvalidRow'

        Get-MarketData -Ticker AAPL @Year | Show-MarketData -Path "$TestDrive/chart.png" -ErrorAction SilentlyContinue -ErrorVariable wrong
        Get-ErrorId $wrong[0] | Should -Be 'UnknownFileFormat'
    }
}
