using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MarketCache.Engine.Tests.Providers.Http;

/// <summary>
/// A small real HTTP/1.1 server on loopback. Every connection carries one request and has a thread of its own, so an answer may hold its
/// caller back without holding up anybody else.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Socket _listener = Bound(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Socket _port;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<LoopbackRequest, LoopbackResponse> _answer;
    private readonly ConcurrentQueue<LoopbackRequest> _requests = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly X509Certificate2? _certificate;
    private readonly EndPoint _endPoint;
    private readonly Task _serving;
    private readonly Lazy<Task> _stopping;

    public LoopbackServer(Func<LoopbackRequest, LoopbackResponse> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _endPoint = _listener.LocalEndPoint!;
        _port = Bound(_endPoint);
        _listener.Listen();
        _serving = ServeAsync();
        _stopping = new Lazy<Task>(EndAsync);
    }

    public LoopbackServer(LoopbackResponse answer)
        : this(_ => answer)
    {
    }

    public string Authority => _endPoint.ToString()!;

    public string Address => $"{(_certificate is null ? "http" : "https")}://{Authority}";

    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    /// <summary>
    /// Ends the service: answers to requests that have arrived are still sent, and whoever connects after that is refused. No other server
    /// gets the port before this one is disposed of, for a second socket that does not listen holds it.
    /// </summary>
    public Task StopAsync() => _stopping.Value;

    /// <summary>Ends the service, and fails if making an answer failed.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _port.Dispose();
        if (_failures.TryDequeue(out var failure))
        {
            throw new InvalidOperationException("The server could not make an answer.", failure);
        }
    }

    private static Socket Bound(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(endPoint);
        return socket;
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                _ = Task.Factory.StartNew(() => Converse(client), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end, at whatever moment of accepting it came.
        }
    }

    private void Converse(Socket client)
    {
        try
        {
            using var connection = new NetworkStream(client, ownsSocket: true);
            LoopbackRequest? request;
            Stream stream = connection;

            // Only a request that has arrived whole is answered after the end.
            using (_stop.Token.Register(client.Dispose))
            {
                if (_certificate is not null)
                {
                    var secure = new SslStream(connection);
                    secure.AuthenticateAsServer(_certificate);
                    stream = secure;
                }

                request = Read(stream);
            }

            if (request is not null)
            {
                _requests.Enqueue(request);
                Write(stream, _answer(request));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or AuthenticationException)
        {
            // The client hung up, or the server stops.
        }
        catch (Exception e)
        {
            _failures.Enqueue(e);
        }
    }

    private static LoopbackRequest? Read(Stream stream)
    {
        var buffer = new byte[65536];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        var lines = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n");
        var target = lines[0].Split(' ')[1];
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in mark < 0 ? [] : target[(mark + 1)..].Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            query[pair[..equals]] = Uri.UnescapeDataString(pair[(equals + 1)..]);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return new LoopbackRequest(mark < 0 ? target : target[..mark], query, headers);
    }

    private static void Write(Stream stream, LoopbackResponse response)
    {
        var head = new StringBuilder($"HTTP/1.1 {response.Status} Answer\r\nConnection: close\r\n");
        if (response.ContentType is not null)
        {
            head.Append("Content-Type: ").Append(response.ContentType).Append("\r\n");
        }

        if (response.Status != 304)
        {
            head.Append("Content-Length: ").Append(response.Body.Length).Append("\r\n");
        }

        foreach (var (name, value) in response.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        stream.Write(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        stream.Write(response.Body, 0, response.BreakOff ? response.Body.Length / 2 : response.Body.Length);
    }
}
