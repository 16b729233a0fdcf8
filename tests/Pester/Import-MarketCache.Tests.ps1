BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $file = Join-Path -Path $TestDrive -ChildPath 'cache.zip'
    $null = Get-MarketData -Ticker AAPL @Year
    $null = Export-MarketCache -Ticker AAPL -DataType OHLCV -Path $file
}

Describe 'Import-MarketCache' {
    BeforeEach {
        Clear-MarketCache
    }

    It 'answers from the file on a machine that cannot ask' {
        $report = Import-MarketCache -Path $file
        $series = Get-MarketData -Ticker AAPL @Year -Offline -AsSeries

        $report.Series | Should -Be 1
        $report.Problems | Should -BeNullOrEmpty
        $series.Count | Should -Be 253
        $series.Status.RowsFromDisk | Should -Be 253
    }

    It 'skips what is there already' {
        $null = Import-MarketCache -Path $file

        (Import-MarketCache -Path $file).Skipped | Should -Be 1
    }

    It 'changes nothing with -WhatIf' {
        Import-MarketCache -Path $file -WhatIf

        Get-MarketCacheEntry | Should -BeNullOrEmpty
    }

    It 'leaves out what is damaged, with a warning' {
        $damaged = Join-Path -Path $TestDrive -ChildPath 'damaged.zip'
        Copy-Item -LiteralPath $file -Destination $damaged
        $zip = [System.IO.Compression.ZipFile]::Open($damaged, 'Update')
        foreach ($entry in @($zip.Entries | Where-Object FullName -Like 'feeds/*')) {
            $name, $length = $entry.FullName, $entry.Length
            $entry.Delete()
            $stream = $zip.CreateEntry($name).Open()
            $stream.Write([byte[]]::new($length))
            $stream.Dispose()
        }
        $zip.Dispose()

        $report = Import-MarketCache -Path $damaged -WarningAction SilentlyContinue -WarningVariable said

        $report.Series | Should -Be 0
        $report.Problems.Count | Should -Be 1
        $said | Should -Not -BeNullOrEmpty
        Get-MarketCacheEntry | Should -BeNullOrEmpty
    }

    It 'refuses <_> with one error' -ForEach 'not a zip at all', '' {
        $other = Join-Path -Path $TestDrive -ChildPath 'other.zip'
        [System.IO.File]::WriteAllText($other, $_)

        Import-MarketCache -Path $other -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'InvalidArchive'
    }
}
