using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MarketCache.Engine.Tests.Providers.Http;

/// <summary>A server whose headers, body or chunks never end.</summary>
internal sealed class TricklingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _what;
    private readonly Task _serving;

    public TricklingServer(string what)
    {
        _what = what;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The end, at whatever moment it came.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_what switch
            {
                "headers" => Head,
                "body" => Head + "Content-Length: 1000000\r\n\r\n[",
                _ => Head + "Transfer-Encoding: chunked\r\n\r\n",
            }), _stop.Token);
            var more = Encoding.ASCII.GetBytes(_what switch { "headers" => "X-More: 1\r\n", "body" => " ", _ => $"10000\r\n{new string(' ', 0x10000)}\r\n" });
            while (true)
            {
                await stream.WriteAsync(more, _stop.Token);
                if (_what != "chunks")
                {
                    await Task.Delay(20, _stop.Token);
                }
            }
        }
        catch (IOException)
        {
            // The client hung up.
        }
    }
}
