// Adapter protocol v1 around a small client in plain Java (17 or newer, no dependency), run by: java Adapter.java
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.security.MessageDigest;
import java.util.*;
import java.util.regex.*;
import static java.nio.charset.StandardCharsets.*;

public class Adapter {
    static final String HELLO = "'hello','protocol':1,'client':{'name':'plain-java','version':'1','language':'java'},"
        + "'ops':['download','poll'],'capabilities':['virtual_sleep','json','deadline','refresh']";
    static final Map<String, String> CLASSES = Map.of("22", "maintenance", "31", "rate_limited", "32", "rate_limited",
        "41", "auth", "43", "forbidden", "44", "auth", "30", "bad_request", "40", "bad_request", "42", "bad_request");
    static final Pattern TOKEN = Pattern.compile(
        "\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"(\\s*:)?|([{}\\[\\],])|([^\\s{}\\[\\],:\"]+))");
    static final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    static final HttpClient http = HttpClient.newHttpClient(); // follows no redirect
    static Map<String, String> run; // the case, its time and its deadline
    static long now, end;

    static class Failure extends Exception {
        final String kind, code;
        Failure(String kind, String code, Object text) { super("" + text); this.kind = kind; this.code = code; }
    }
    static Map<String, String> json(String text) throws Failure { // flat: {"a":{"b":1}} is a.b=1; arrays are not needed
        Map<String, String> found = new HashMap<>();
        Deque<String> path = new ArrayDeque<>(List.of(""));
        Matcher m = TOKEN.matcher(text);
        for (String name = ""; m.lookingAt(); m.region(m.end(), text.length())) {
            if (m.group(2) != null) name = plain(m.group(1));
            else if (m.group(1) != null) found.put(path.peek() + name, plain(m.group(1)));
            else if (m.group(4) != null) found.put(path.peek() + name, m.group(4));
            else if (m.group(3).equals("{")) path.push(name.isEmpty() ? "" : path.peek() + name + ".");
            else if (m.group(3).equals("}")) path.pop();
        }
        boolean whole = path.size() == 1 && m.regionStart() >= text.stripTrailing().length();
        if (!whole || !text.startsWith("{")) throw new Failure("protocol", null, "no JSON");
        return found;
    }
    static String plain(String escaped) {
        return Pattern.compile("\\\\(u(.{4})|.)").matcher(escaped).replaceAll(e -> Matcher.quoteReplacement(
            e.group(2) != null ? "" + (char) Integer.parseInt(e.group(2), 16)
                : "nrtbf".contains(e.group(1)) ? e.group().translateEscapes() : e.group(1)));
    }
    static String quoted(String text) { // with ' for ", as `say` takes it
        String safe = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\u0027");
        return "'" + safe.replaceAll("\\p{Cntrl}", " ") + "'";
    }
    static void say(String fields) { out.println("{\"type\":" + fields.replace('\'', '"') + "}"); }
    static String hex(String algorithm, byte[] data) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(data));
    }

    static void sleep(long ms) throws Exception {
        if (now + ms >= end) throw new Failure("deadline", null, "another " + ms + " ms do not fit");
        say("'sleep','id':" + quoted(run.get("id")) + ",'ms':" + ms);
        now = Long.parseLong(json(in.readLine()).get("now_ms"));
    }
    static HttpResponse<byte[]> get(String url) throws Exception {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | IllegalArgumentException broken) { throw new Failure("transport", null, broken); }
    }
    static Map<String, String> ask() throws Exception {
        var asked = new TreeMap<>(Map.of("action", "collection.downloadHTML", "apiKey", run.get("credentials.key"),
            "collectionHash", run.get("args.collection")));
        StringBuilder signed = new StringBuilder(run.get("credentials.secret")), query = new StringBuilder("?");
        asked.forEach((name, value) -> signed.append(name + value));
        asked.forEach((name, value) -> query.append(name + "=" + URLEncoder.encode(value, UTF_8) + "&"));
        var reply = get(run.get("base_url") + query + "signature=" + hex("MD5", ("" + signed).getBytes(UTF_8)));
        if (reply.statusCode() != 200) throw new Failure("transport", null, "HTTP " + reply.statusCode());
        var answer = json(new String(reply.body(), UTF_8));
        String code = answer.getOrDefault("code", ""), state = answer.getOrDefault("data.status", "");
        if (!code.matches("\\d+")) throw new Failure("protocol", null, "an answer without a code");
        if (!code.equals("20")) throw new Failure(CLASSES.getOrDefault(code, "protocol"), code, answer.get("status"));
        boolean linked = answer.getOrDefault("data.resourceUrl", "").matches("https?://.+");
        if (state.equals("COMPLETE") ? linked : state.matches("PROCESSING|FAILED")) return answer;
        throw new Failure("protocol", null, "an unknown status, or COMPLETE without a link");
    }
    static String link() throws Exception {
        for (long pause = 2000; ; pause = Math.min(pause * 3 / 2, 10000)) {
            var answer = ask();
            if (answer.get("data.status").equals("FAILED")) throw new Failure("job_failed", null, "FAILED");
            if (answer.get("data.status").equals("COMPLETE")) return answer.get("data.resourceUrl");
            long landing = end - now - 1000; // the last poll comes 1 s before the end, and none shortly before it
            sleep(landing - pause >= 2000 ? pause : landing >= 2000 ? landing : end - now);
        }
    }
    static String download(boolean refreshed) throws Exception {
        var reply = get(link());
        if (reply.statusCode() == 403 && !refreshed) return download(true);
        if (reply.statusCode() != 200) throw new Failure("transport", null, "HTTP " + reply.statusCode());
        if (!new String(reply.body(), ISO_8859_1).contains("PK\5\6"))
            throw new Failure("damaged", null, "no whole zip");
        Path dest = Path.of(run.get("args.dest")), part = Path.of(dest + ".part");
        Files.move(Files.write(part, reply.body()), dest, StandardCopyOption.REPLACE_EXISTING);
        String file = "{'bytes':" + reply.body().length + ",'sha256':'" + hex("SHA-256", reply.body()) + "'}";
        return "{'status':'COMPLETE'},'file':" + file;
    }
    static String outcome() throws Exception {
        try {
            if (run.get("op").equals("download")) return "'ok','value':" + download(false);
            if (run.get("op").equals("poll")) return "'ok','value':{'status':" + quoted(ask().get("data.status")) + "}";
            return "'unsupported','why':'there is no such operation'";
        } catch (Failure f) {
            String message = quoted(f.getMessage());
            return "'error','error':{'class':'" + f.kind + "','code':" + f.code + ",'message':" + message + "}";
        }
    }
    public static void main(String[] arguments) throws Exception {
        for (String line; (line = in.readLine()) != null && !(run = json(line)).get("type").equals("bye"); ) {
            if (run.get("type").equals("hello")) { say(HELLO); continue; }
            now = Long.parseLong(run.get("now_ms"));
            String limit = run.get("options.deadline_ms");
            end = now + (limit.equals("null") ? 1800000 : Long.parseLong(limit));
            say("'result','id':" + quoted(run.get("id")) + ",'outcome':" + outcome());
        }
    }
}
