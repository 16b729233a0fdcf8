BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Export-MarketData' {
    It 'writes CSV that reads back as the same rows' {
        $rows = Get-MarketData -Ticker AAPL, MSFT @Year
        $rows | Export-MarketData -Path "$TestDrive/rows.csv"

        $read = Import-Csv -LiteralPath "$TestDrive/rows.csv"
        $read.Count | Should -Be $rows.Count
        $read[0].Date | Should -Be '2020-01-02'
        [double]::Parse($read[-1].Close, [cultureinfo]::InvariantCulture) | Should -Be $rows[-1].Close
    }

    It 'writes Parquet, which needs no library of the session' {
        $file = Get-MarketData -Ticker AAPL @Year -AsSeries | Export-MarketData -Path "$TestDrive/rows.parquet" -PassThru

        $bytes = [System.IO.File]::ReadAllBytes($file.FullName)
        [System.Text.Encoding]::ASCII.GetString($bytes[0..3]) | Should -Be 'PAR1'
        [System.Text.Encoding]::ASCII.GetString($bytes[-4..-1]) | Should -Be 'PAR1'
    }

    It 'loads the Parquet library only for a Parquet file' {
        Invoke-Process @"
`$null = Get-MarketData AAPL -Provider Sample -Last 5d -WarningAction Ignore | Export-MarketData '$TestDrive/a.csv' -PassThru
[bool] ([System.Runtime.Loader.AssemblyLoadContext]::All.Assemblies | Where-Object { `$_.GetName().Name -eq 'Parquet' })
"@ | Should -Be 'False'
    }

    It 'replaces a file only with -Force, and writes none with -WhatIf' {
        $rows = Get-MarketData -Ticker AAPL @Year
        $rows | Export-MarketData -Path "$TestDrive/what.csv" -WhatIf
        Test-Path -LiteralPath "$TestDrive/what.csv" | Should -BeFalse

        Set-Content -LiteralPath "$TestDrive/there.csv" -Value 'mine'
        $rows | Export-MarketData -Path "$TestDrive/there.csv" -ErrorAction SilentlyContinue -ErrorVariable wrong
        Get-ErrorId $wrong[0] | Should -Be 'FileExists'
        Get-Content -LiteralPath "$TestDrive/there.csv" | Should -Be 'mine'
        $rows | Export-MarketData -Path "$TestDrive/there.csv" -Force
        (Get-Content -LiteralPath "$TestDrive/there.csv").Count | Should -Be 254
    }

    It 'warns where no row came, and writes nothing' {
        @() | Export-MarketData -Path "$TestDrive/none.csv" -WarningAction SilentlyContinue -WarningVariable warned

        "$warned" | Should -BeLike '*No rows*'
        Test-Path -LiteralPath "$TestDrive/none.csv" | Should -BeFalse
    }
}
