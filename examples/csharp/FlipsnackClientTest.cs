// Not run: this was written where no .NET is installed.
using System.Net;
using System.Text;
using Xunit;

namespace Flipsnack.Example;

public sealed class FlipsnackClientTest : IAsyncLifetime
{
    private static readonly Uri BaseUrl =
        new(Environment.GetEnvironmentVariable("FLIPSNACK_BASE_URL") ?? "http://localhost:3547/v1/");

    private static readonly HttpClient Http = new();

    // Each test has an account of its own: a key that begins with `test-` exists when it is used.
    private readonly string _key = $"test-csharp-{Guid.NewGuid()}";
    private readonly string _package = Path.GetTempFileName();
    private readonly List<double> _slept = [];

    public Task InitializeAsync()
    {
        File.Delete(_package);
        return ControlAsync("clock/freeze", "{}");
    }

    public Task DisposeAsync()
    {
        File.Delete(_package);
        return Task.CompletedTask;
    }

    [Fact]
    public void TheExampleOfTheVendorHasItsSignature()
    {
        var parameters = new Dictionary<string, string>
        {
            ["apiKey"] = "45FD-267-7SG7832",
            ["action"] = "collection.getCollection",
            ["collectionHash"] = "fxh4k89",
        };
        var signed = FlipsnackClient.Sign(parameters, "123ABCDE-456-7890-FGH");
        Assert.Equal("26e781d3d1751d82ec284acf4a019def", signed);
    }

    [Fact]
    public async Task ADocumentIsUploadedConvertedPackagedAndDownloaded()
    {
        var client = Client();
        var made = await client.CreateAsync("document.pdf", new() { ["title"] = "Spring & summer" });
        Assert.Equal("Spring & summer", made.GetProperty("collectionTitle").GetString());
        var hash = made.GetProperty("collectionHash").GetString()!;
        await client.WaitConvertedAsync(hash);
        await client.DownloadAsync(await client.PackageUrlAsync(hash), _package);
        Assert.Equal("PK"u8.ToArray(), File.ReadAllBytes(_package)[..2]);
    }

    [Fact]
    public async Task ALinkExpiresAfterAMinuteAndANewCallGivesANewOne()
    {
        var client = Client();
        var link = await client.PackageUrlAsync("mock-complete");
        await ControlAsync("clock/advance", """{"seconds": 60}""");
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => client.DownloadAsync(link, _package));
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
        await client.DownloadAsync(await client.PackageUrlAsync("mock-complete"), _package);
    }

    [Fact]
    public async Task AWrongSecretIsCode44AndNotRepeated()
    {
        var other = Client("another secret");
        var refusal = await Assert.ThrowsAsync<ApiException>(() => other.CallAsync("user.getStats", []));
        Assert.Equal(44, refusal.Code);
        Assert.Empty(_slept);
    }

    [Fact]
    public async Task TheSixthCallInASecondIsCode31AndRepeatedASecondLater()
    {
        var client = Client();
        for (var from = 0; from < 6; from++)
        {
            await client.CallAsync("collection.getList", new() { ["from"] = from.ToString() });
        }
        Assert.Equal(new[] { 1.0 }, _slept);
    }

    [Fact]
    public async Task AFailedJobIsAnErrorAndNotAnEndlessWait()
    {
        await Assert.ThrowsAsync<JobFailedException>(() => Client().PackageUrlAsync("mock-failed"));
    }

    [Fact]
    public async Task ACallThatMeetsHttp503IsRepeated()
    {
        await ControlAsync("faults", """{"fault": {"kind": "status", "status": 503}, "count": 1}""");
        await Client().CallAsync("user.getStats", []);
        Assert.Equal(new[] { 5.0 }, _slept);
    }

    [Fact]
    public async Task APackageThatIsCutOffLeavesNoFile()
    {
        var client = Client();
        var link = await client.PackageUrlAsync("mock-truncated");
        await Assert.ThrowsAnyAsync<Exception>(() => client.DownloadAsync(link, _package));
        Assert.False(File.Exists(_package));
        Assert.False(File.Exists(_package + ".part"));
    }

    private FlipsnackClient Client(string? secret = null) =>
        new(_key, secret ?? $"secret-{_key}", BaseUrl, BaseUrl, SleepAsync);

    // Waiting moves the clock of the account, so a test takes no time.
    private Task SleepAsync(TimeSpan time)
    {
        _slept.Add(time.TotalSeconds);
        return ControlAsync("clock/advance", $$"""{"seconds": {{time.TotalSeconds}}}""");
    }

    // Posts to the control plane of the fake.
    private async Task ControlAsync(string path, string json)
    {
        var url = new Uri(BaseUrl, $"../__admin/accounts/{_key}/{path}");
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(url, body);
        answer.EnsureSuccessStatusCode();
    }
}
