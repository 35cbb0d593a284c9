import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlipsnackTest {
    static final URI BASE_URL = URI.create(
            Objects.requireNonNullElse(System.getenv("FLIPSNACK_BASE_URL"), "http://localhost:3547/v1/"));
    static final Path DOCUMENT = Path.of("../document.pdf");

    @TempDir Path folder;

    // Each test has an account of its own: a key that begins with `test-` exists when it is used.
    final String key = "test-java-" + UUID.randomUUID();
    final List<Integer> slept = new ArrayList<>();
    final Flipsnack flipsnack = new Flipsnack(key, "secret-" + key, BASE_URL, BASE_URL, this::sleep);

    /** Waiting moves the clock of the account, so a test takes no time. */
    void sleep(int seconds) throws IOException, InterruptedException {
        slept.add(seconds);
        control("clock/advance", "{\"seconds\": %d}".formatted(seconds));
    }

    /** Posts to the control plane of the fake. */
    void control(String path, String json) throws IOException, InterruptedException {
        var url = BASE_URL.resolve("../__admin/accounts/" + key + "/" + path);
        var request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(json)).build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertTrue(answer.statusCode() < 300, answer::body);
    }

    @BeforeEach
    void freeze() throws Exception {
        control("clock/freeze", "{}");
    }

    @Test
    void theExampleOfTheVendorHasItsSignature() {
        var params = Map.of(
                "apiKey", "45FD-267-7SG7832", "action", "collection.getCollection", "collectionHash", "fxh4k89");
        assertEquals("26e781d3d1751d82ec284acf4a019def", Flipsnack.sign(params, "123ABCDE-456-7890-FGH"));
    }

    @Test
    void aDocumentIsUploadedConvertedPackagedAndDownloaded() throws Exception {
        var made = flipsnack.create(DOCUMENT, Map.of("title", "Spring & summer"));
        assertEquals("Spring & summer", made.get("collectionTitle").getAsString());
        var hash = made.get("collectionHash").getAsString();
        flipsnack.waitConverted(hash);
        var path = folder.resolve("package.zip");
        flipsnack.download(flipsnack.packageUrl(hash), path);
        assertArrayEquals(new byte[] {'P', 'K'}, Arrays.copyOf(Files.readAllBytes(path), 2));
    }

    @Test
    void aLinkExpiresAfterAMinuteAndANewCallGivesANewOne() throws Exception {
        var path = folder.resolve("package.zip");
        var link = flipsnack.packageUrl("mock-complete");
        control("clock/advance", "{\"seconds\": 60}");
        var refusal = assertThrows(Flipsnack.HttpException.class, () -> flipsnack.download(link, path));
        assertEquals(403, refusal.status);
        flipsnack.download(flipsnack.packageUrl("mock-complete"), path);
        assertTrue(Files.exists(path));
    }

    @Test
    void aWrongSecretIsCode44AndNotRepeated() {
        var other = new Flipsnack(key, "another secret", BASE_URL, BASE_URL, this::sleep);
        var refusal = assertThrows(Flipsnack.ApiException.class, () -> other.call("user.getStats", Map.of()));
        assertEquals(44, refusal.code);
        assertEquals(List.of(), slept);
    }

    @Test
    void theSixthCallInASecondIsCode31AndRepeatedASecondLater() throws Exception {
        for (int from = 0; from < 6; from++) {
            flipsnack.call("collection.getList", Map.of("from", String.valueOf(from)));
        }
        assertEquals(List.of(1), slept);
    }

    @Test
    void aFailedJobIsAnErrorAndNotAnEndlessWait() {
        assertThrows(Flipsnack.JobFailed.class, () -> flipsnack.packageUrl("mock-failed"));
    }

    @Test
    void aCallThatMeetsHttp503IsRepeated() throws Exception {
        control("faults", "{\"fault\": {\"kind\": \"status\", \"status\": 503}, \"count\": 1}");
        flipsnack.call("user.getStats", Map.of());
        assertEquals(List.of(5), slept);
    }

    @Test
    void aPackageThatIsCutOffLeavesNoFile() throws Exception {
        var path = folder.resolve("package.zip");
        var link = flipsnack.packageUrl("mock-truncated");
        var error = assertThrows(IOException.class, () -> flipsnack.download(link, path));
        assertFalse(error instanceof Flipsnack.HttpException);
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }
}
