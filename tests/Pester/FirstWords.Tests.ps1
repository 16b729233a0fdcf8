BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    Push-Location -LiteralPath $TestDrive
    'AAPL', 'MSFT' | ForEach-Object { [pscustomobject] @{ Symbol = $_; Name = 'x' } } | Export-Csv -Path list.csv
}

Describe 'What a newcomer types without reading' {
    It '<_>' -ForEach @(
        'Get-MarketData AAPL'
        'Get-MarketData AAPL, MSFT -Last 1mo | Format-Table'
        'Get-MarketData -Symbol AAPL -From 2024-01 -To 2024-03 | Export-Csv out.csv; Import-Csv out.csv'
        '(Get-MarketData AAPL -Last 1).Close'
        'Get-MarketData AAPL -Days 30 | Measure-Object Close -Average -Maximum'
        'Import-Csv list.csv | Get-MarketData -Interval weekly'
        'Get-MarketData AAPL -DataType OHLCV, VOLUME | Group-Object DataType'
        '$s = Get-MarketData AAPL -AsSeries; $s.Rows[-1].Close; $s.Rows.Count; $s.Rows | Select-Object -First 1; ($s.Rows.Close | Measure-Object -Maximum).Maximum'
        'Get-MarketData AAPL -AsSeries -Last 5d | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json'
        'Get-MarketSession AAPL'
        'Get-Content list.csv | ConvertFrom-Csv | Update-MarketCache -PassThru'
        'Update-MarketCache -Path list.csv -PassThru'
        'Get-MarketCacheEntry | Update-MarketCache -PassThru'
        'Get-MarketCacheEntry AAPL | Get-MarketData -Last 5d'
        "Get-MarketData AAPL -Start 2024 -End 2024-06 | Where-Object Date -ge '2024-02-01' | Sort-Object Volume -Descending | Select-Object -First 3"
    ) {
        $PSDefaultParameterValues = @{ 'Get-MarketData:Provider' = 'Sample'; 'Update-MarketCache:Provider' = 'Sample' }
        $ErrorActionPreference = 'Stop'

        $out = & ([scriptblock]::Create($_)) 3>$null

        $out | Should -Not -BeNullOrEmpty
        $out | ForEach-Object { if ($_.PSObject.Properties['ExitCode']) { $_.ExitCode | Should -Be 0 } }
    }

    It 'names the path as it was typed where nothing can be written: <_>' -ForEach @(
        "Get-MarketData AAPL -Last 5d | Export-MarketData none/x.csv"
        "Get-MarketData AAPL -Last 5d | Show-MarketData none/x.html"
        "Show-MarketCache none/x.html"
        "Export-MarketCache AAPL -Path none/x.zip"
    ) {
        $PSDefaultParameterValues = @{ 'Get-MarketData:Provider' = 'Sample' }

        $ErrorActionPreference = 'Continue'

        "$(& ([scriptblock]::Create($_)) 2>&1 3>$null)" | Should -BeLike "The folder '$(Join-Path -Path $PWD -ChildPath none)' does not exist.*"
    }

    It 'says of a folder that it is one: <_>' -ForEach @(
        "Get-MarketData AAPL -Last 5d | Export-MarketData ."
        "Show-MarketCache ."
        "Export-MarketCache AAPL -Path ."
        "Import-MarketCache ."
        "Update-MarketCache -Path ."
        "Import-MarketCacheConfig ."
    ) {
        $PSDefaultParameterValues = @{ 'Get-MarketData:Provider' = 'Sample' }

        $ErrorActionPreference = 'Continue'

        "$(& ([scriptblock]::Create($_)) 2>&1 3>$null)" | Should -BeLike "'.' is a folder.*"
    }

    AfterAll {
        Pop-Location
    }
}
