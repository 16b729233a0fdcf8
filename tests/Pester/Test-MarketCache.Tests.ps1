BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $null = Get-MarketData -Ticker AAPL, MSFT @Year
}

Describe 'Test-MarketCache' {
    It 'passes a whole cache' {
        Test-MarketCache -Quiet | Should -BeTrue
        (Test-MarketCache).Repaired | Should -Be 0
    }

    It 'finds a changed bit, and removes what is damaged with -Repair' {
        $victim = Get-ChildItem -LiteralPath $env:XDG_CACHE_HOME -Recurse -File | Where-Object FullName -Match '[\\/]feeds[\\/]' | Select-Object -First 1
        $bytes = [System.IO.File]::ReadAllBytes($victim.FullName)
        $bytes[-1] = $bytes[-1] -bxor 1
        $victim.Attributes = 'Normal'
        [System.IO.File]::WriteAllBytes($victim.FullName, $bytes)

        Test-MarketCache -Quiet | Should -BeFalse
        (Test-MarketCache -Repair).Repaired | Should -BeGreaterThan 0
        Test-MarketCache -Quiet | Should -BeTrue
    }
}
