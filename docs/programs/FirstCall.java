import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

public class FirstCall {
    public static void main(String[] arguments) throws Exception {
        var params = new TreeMap<>(Map.of(
            "action", "collection.downloadHTML", "apiKey", "test-demo", "collectionHash", "mock-complete"));
        var text = new StringBuilder("secret-test-demo");
        params.forEach((name, value) -> text.append(name).append(value));
        byte[] digest = MessageDigest.getInstance("MD5").digest(text.toString().getBytes(UTF_8));
        params.put("signature", HexFormat.of().formatHex(digest));
        String query = params.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));

        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create("http://localhost:3547/v1/?" + query)).build();
        String answer = client.send(request, BodyHandlers.ofString()).body();
        System.out.println(find("\"code\":(\\d+)", answer) + " " + find("\"data\":\\{\"status\":\"(\\w+)\"", answer));
        // A JSON library of your choice does this better.
        var link = URI.create(find("\"resourceUrl\":\"([^\"]+)\"", answer));
        client.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofFile(Path.of("package.zip")));
    }

    static String find(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group(1) : "?";
    }
}
