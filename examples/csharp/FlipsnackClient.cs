// Not run: this was written where no .NET is installed.
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flipsnack.Example;

/// <summary>The API refused the call.</summary>
public sealed class ApiException(int code, string message) : Exception($"code {code}: {message}")
{
    public int Code { get; } = code;
}

/// <summary>A conversion or a package has failed.</summary>
public sealed class JobFailedException(string message) : Exception(message);

/// <summary>The Flipsnack API v1: sign, upload, poll, download.</summary>
/// <remarks>Uploads go to <c>uploadUrl</c>, all other calls to <c>apiUrl</c>.</remarks>
public sealed class FlipsnackClient(string key, string secret, Uri apiUrl, Uri uploadUrl, Func<TimeSpan, Task> sleep)
{
    private const int Attempts = 5;
    private const int Polls = 150;
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);
    private static readonly HttpClient Http = new();

    /// <summary>MD5 of the secret, followed by name and value of each parameter in the order of the names.</summary>
    /// <remarks>The order is that of the bytes, not of a culture. A file is not signed.</remarks>
    public static string Sign(IReadOnlyDictionary<string, string> parameters, string secret)
    {
        var sorted = parameters.OrderBy(one => one.Key, StringComparer.Ordinal);
        var text = secret + string.Concat(sorted.Select(one => one.Key + one.Value));
        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
    }

    /// <summary>Upload a document. It is sent once: repeated blindly, it could make a second collection.</summary>
    public async Task<JsonElement> CreateAsync(string path, Dictionary<string, string> fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in Signed("collection.create", fields))
        {
            form.Add(new StringContent(value), $"\"{name}\"");
        }
        await using var file = File.OpenRead(path);
        form.Add(new StreamContent(file), "\"file\"", $"\"{Path.GetFileName(path)}\"");
        using var answer = await Http.PostAsync(uploadUrl, form);
        return await DataAsync(answer);
    }

    /// <summary>Poll until the document is converted.</summary>
    /// <remarks>The name <c>flipbookStatus</c> is the fake's: no page of the vendor says where the conversion is reported.</remarks>
    public Task<JsonElement> WaitConvertedAsync(string hash) =>
        PollAsync("collection.getCollection", hash, it => it.GetProperty("flipbooks")[0].GetProperty("flipbookStatus"));

    /// <summary>Poll until the package is built; the URL serves it for one minute.</summary>
    public async Task<Uri> PackageUrlAsync(string hash)
    {
        var job = await PollAsync("collection.downloadHTML", hash, it => it.GetProperty("status"));
        return new Uri(job.GetProperty("resourceUrl").GetString()!);
    }

    /// <summary>Save a package. The file appears when it is complete: HttpClient throws at a body that is cut off.</summary>
    public async Task DownloadAsync(Uri link, string path)
    {
        var part = path + ".part";
        try
        {
            using var answer = await Http.GetAsync(link, HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using (var file = File.Create(part))
            {
                await answer.Content.CopyToAsync(file);
            }
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Make a call that can be repeated without harm: each but collection.create.</summary>
    public async Task<JsonElement> CallAsync(string action, Dictionary<string, string> parameters)
    {
        var pairs = Signed(action, parameters).Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}");
        var url = new Uri(apiUrl, "?" + string.Join("&", pairs));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await Http.GetAsync(url);
                return await DataAsync(answer);
            }
            catch (Exception error) when (attempt < Attempts && TimeToWait(error) is not null)
            {
                await sleep(TimeToWait(error)!.Value);
            }
        }
    }

    private async Task<JsonElement> PollAsync(string action, string hash, Func<JsonElement, JsonElement> state)
    {
        for (var polls = 0; polls < Polls; polls++)
        {
            var found = await CallAsync(action, new() { ["collectionHash"] = hash });
            switch (state(found).GetString()!.ToUpperInvariant())
            {
                case "COMPLETE":
                    return found;
                case "FAILED":
                    throw new JobFailedException($"{action} of {hash} has failed");
            }
            await sleep(PollEvery);
        }
        throw new TimeoutException($"{action} of {hash} was not COMPLETE after {Polls} polls");
    }

    private Dictionary<string, string> Signed(string action, Dictionary<string, string> parameters)
    {
        var all = new Dictionary<string, string>(parameters) { ["action"] = action, ["apiKey"] = key };
        all["signature"] = Sign(all, secret);
        return all;
    }

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        answer.EnsureSuccessStatusCode();
        using var envelope = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var code = envelope.RootElement.GetProperty("code").GetInt32();
        if (code != 20)
        {
            throw new ApiException(code, envelope.RootElement.GetProperty("status").GetString()!);
        }
        return envelope.RootElement.TryGetProperty("data", out var data) ? data.Clone() : default;
    }

    /// <summary>Maintenance, limit per second, limit per minute, an error of the server; null when a repetition would not help.</summary>
    private static TimeSpan? TimeToWait(Exception error) => error switch
    {
        ApiException { Code: 22 } => TimeSpan.FromSeconds(30),
        ApiException { Code: 31 } => TimeSpan.FromSeconds(1),
        ApiException { Code: 32 } => TimeSpan.FromMinutes(1),
        HttpRequestException { StatusCode: >= HttpStatusCode.InternalServerError } => TimeSpan.FromSeconds(5),
        _ => null,
    };
}
