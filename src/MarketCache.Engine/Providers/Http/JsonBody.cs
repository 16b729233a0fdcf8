using System.Text.Json;

namespace MarketCache.Engine.Providers.Http;

/// <summary>Reads JSON bodies.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>The body as a document; null if it is no JSON, for example cut short.</summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        var document = Parse(body);
        if (document is null || IsText(body.Span, document.RootElement))
        {
            return document;
        }

        document.Dispose();
        return null;
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        // A byte order mark is allowed before JSON in practice, not by the parser.
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException)
        {
            try
            {
                return NonFiniteToNull(body.Span) is { } mended ? JsonDocument.Parse(mended, Strict) : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>A property of an object, or null if there is none or it is null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text property, or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A number property, or null if there is none, it is no number, or is not finite.</summary>
    public static double? Number(this JsonElement element, string name) => element.Find(name) is { } value ? Number(value) : null;

    /// <summary>A number; null for null, for what is no number, and for what is not finite.</summary>
    public static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>Whether every text can be read: halves of escaped surrogate pairs pass the parser, but are no text.</summary>
    private static bool IsText(ReadOnlySpan<byte> body, JsonElement root)
    {
        if (body.IndexOf("\\ud"u8) < 0 && body.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        try
        {
            Read(root);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        static void Read(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    element.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Read(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                    {
                        _ = property.Name;
                        Read(property.Value);
                    }

                    break;
            }
        }
    }

    /// <summary>
    /// The body with the bare words Infinity, -Infinity and NaN, which are not JSON but are sent for prices divided by zero, replaced by
    /// null; null if it holds none.
    /// </summary>
    private static byte[]? NonFiniteToNull(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("Infinity"u8) < 0 && body.IndexOf("NaN"u8) < 0)
        {
            return null;
        }

        var mended = new byte[body.Length * 2];
        var length = 0;
        var inText = false;
        for (var i = 0; i < body.Length; i++)
        {
            if (inText && body[i] == '\\' && i + 1 < body.Length)
            {
                mended[length++] = body[i++];
            }
            else if (body[i] == '"')
            {
                inText = !inText;
            }
            else if (!inText && NonFinite(body[i..]) is > 0 and var word)
            {
                "null"u8.CopyTo(mended.AsSpan(length));
                length += 4;
                i += word - 1;
                continue;
            }

            mended[length++] = body[i];
        }

        return mended[..length];
    }

    private static int NonFinite(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("-Infinity"u8) ? 9 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("NaN"u8) ? 3 : 0;
}
