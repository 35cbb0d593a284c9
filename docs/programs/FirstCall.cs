using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
{
    ["action"] = "collection.downloadHTML",
    ["apiKey"] = "test-demo",
    ["collectionHash"] = "mock-complete",
};
var text = "secret-test-demo" + string.Concat(parameters.Select(one => one.Key + one.Value));
parameters["signature"] = Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
var query = string.Join("&", parameters.Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}"));

using var client = new HttpClient();
using var answer = JsonDocument.Parse(await client.GetStringAsync("http://localhost:3547/v1/?" + query));
var data = answer.RootElement.GetProperty("data");
Console.WriteLine($"{answer.RootElement.GetProperty("code")} {data.GetProperty("status")}");
var package = await client.GetByteArrayAsync(data.GetProperty("resourceUrl").GetString());
await File.WriteAllBytesAsync("package.zip", package);
