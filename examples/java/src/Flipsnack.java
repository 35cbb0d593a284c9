import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The Flipsnack API v1 with the HTTP client of the JDK (17 or newer) and Gson: sign, upload, poll, download. */
public final class Flipsnack {
    /** Seconds to wait before a refused call is repeated: maintenance, limit per second, limit per minute. */
    private static final Map<Integer, Integer> WAIT_BY_CODE = Map.of(22, 30, 31, 1, 32, 60);
    private static final int WAIT_AFTER_SERVER_ERROR = 5;
    private static final int ATTEMPTS = 5;
    private static final int POLL_EVERY = 2;
    private static final int POLLS = 150;

    /** Waits for a number of seconds. */
    public interface Sleep {
        void seconds(int seconds) throws IOException, InterruptedException;
    }

    /** The API refused the call. */
    public static final class ApiException extends IOException {
        public final int code;

        ApiException(int code, String message) {
            super("code " + code + ": " + message);
            this.code = code;
        }
    }

    /** An answer with another status than 200. */
    public static final class HttpException extends IOException {
        public final int status;

        HttpException(int status) {
            super("HTTP " + status);
            this.status = status;
        }
    }

    /** A conversion or a package has failed. */
    public static final class JobFailed extends IOException {
        JobFailed(String message) {
            super(message);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final String key;
    private final String secret;
    private final URI apiUrl;
    private final URI uploadUrl;
    private final Sleep sleep;

    /** Uploads go to {@code uploadUrl}, all other calls to {@code apiUrl}. */
    public Flipsnack(String key, String secret, URI apiUrl, URI uploadUrl, Sleep sleep) {
        this.key = key;
        this.secret = secret;
        this.apiUrl = apiUrl;
        this.uploadUrl = uploadUrl;
        this.sleep = sleep;
    }

    /** MD5 of the secret, followed by name and value of each parameter in the order of the names. A file is not signed. */
    public static String sign(Map<String, String> params, String secret) {
        var text = new StringBuilder(secret);
        new TreeMap<>(params).forEach((name, value) -> text.append(name).append(value));
        try {
            var digest = MessageDigest.getInstance("MD5").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has MD5
        }
    }

    /** An upload is sent once: repeated blindly, it could make a second collection. */
    public JsonObject create(Path document, Map<String, String> fields) throws IOException, InterruptedException {
        var boundary = UUID.randomUUID().toString();
        var request = HttpRequest.newBuilder(uploadUrl)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(form(boundary, signed("collection.create", fields), document))
                .build();
        return data(http.send(request, BodyHandlers.ofString()));
    }

    /**
     * Polls until the document is converted. The names {@code flipbooks} and {@code flipbookStatus} are the fake's: no
     * page of the vendor says in which field the conversion is reported.
     */
    public JsonObject waitConverted(String hash) throws IOException, InterruptedException {
        return poll("collection.getCollection", hash, found ->
                found.getAsJsonArray("flipbooks").get(0).getAsJsonObject().get("flipbookStatus").getAsString());
    }

    /** Polls until the package is built. */
    public URI packageUrl(String hash) throws IOException, InterruptedException {
        var job = poll("collection.downloadHTML", hash, found -> found.get("status").getAsString());
        return URI.create(job.get("resourceUrl").getAsString());
    }

    /** The file appears when it is complete: the HTTP client throws at a body that is cut off. */
    public void download(URI link, Path path) throws IOException, InterruptedException {
        var part = path.resolveSibling(path.getFileName() + ".part");
        var answer = http.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new HttpException(answer.statusCode());
            }
            Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A call that can be repeated without harm: each but {@code collection.create}. */
    public JsonObject call(String action, Map<String, String> params) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(apiUrl + "?" + query(signed(action, params)))).build();
        for (int attempt = 1; ; attempt++) {
            try {
                return data(http.send(request, BodyHandlers.ofString()));
            } catch (ApiException | HttpException error) {
                int seconds = secondsToWait(error);
                if (seconds == 0 || attempt == ATTEMPTS) {
                    throw error;
                }
                sleep.seconds(seconds);
            }
        }
    }

    private JsonObject poll(String action, String hash, Function<JsonObject, String> state)
            throws IOException, InterruptedException {
        for (int polls = 0; polls < POLLS; polls++) {
            var found = call(action, Map.of("collectionHash", hash));
            switch (state.apply(found).toUpperCase(Locale.ROOT)) {
                case "COMPLETE":
                    return found;
                case "FAILED":
                    throw new JobFailed(action + " of " + hash + " has failed");
                default:
                    sleep.seconds(POLL_EVERY);
            }
        }
        throw new IOException(action + " of " + hash + " was not COMPLETE after " + POLLS + " polls");
    }

    private Map<String, String> signed(String action, Map<String, String> params) {
        var all = new TreeMap<>(params);
        all.put("action", action);
        all.put("apiKey", key);
        all.put("signature", sign(all, secret));
        return all;
    }

    private static String query(Map<String, String> params) {
        return params.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static BodyPublisher form(String boundary, Map<String, String> fields, Path document) throws IOException {
        var head = new StringBuilder();
        var part = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"";
        fields.forEach((name, value) -> head.append(part + name + "\"\r\n\r\n" + value + "\r\n"));
        head.append(part + "file\"; filename=\"" + document.getFileName() + "\"\r\n\r\n");
        return BodyPublishers.concat(
                BodyPublishers.ofString(head.toString()),
                BodyPublishers.ofFile(document),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    }

    private static JsonObject data(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != 200) {
            throw new HttpException(answer.statusCode());
        }
        var envelope = JsonParser.parseString(answer.body()).getAsJsonObject();
        int code = envelope.get("code").getAsInt();
        if (code != 20) {
            throw new ApiException(code, envelope.get("status").getAsString());
        }
        return envelope.getAsJsonObject("data");
    }

    /** 0 when a repetition would not help. */
    private static int secondsToWait(IOException error) {
        if (error instanceof HttpException answer && answer.status >= 500) {
            return WAIT_AFTER_SERVER_ERROR;
        }
        return error instanceof ApiException refusal ? WAIT_BY_CODE.getOrDefault(refusal.code, 0) : 0;
    }
}
