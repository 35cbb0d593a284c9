// Adapter protocol v1 around a small client in plain Java (17 or newer, no dependency), run by: java Adapter.java
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.util.*;
import static java.nio.charset.StandardCharsets.*;

public class Adapter {
    static final String HELLO = "'hello','protocol':1,'client':{'name':'plain-java','version':'1','language':'java'},"
        + "'ops':['download','poll','call'],'capabilities':['virtual_sleep','xml','deadline','refresh']";
    static final String CLASSES = "22 maintenance, 31 rate_limited, 32 rate_limited, 38 processing, 41 auth, "
        + "43 forbidden, 44 auth, 30 bad_request, 37 bad_request, 40 bad_request, 42 bad_request, 46 bad_request, ";
    static final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    static final HttpClient http = HttpClient.newHttpClient(); // follows no redirect
    static String run; static long now, end; // the case as the kit sent it, its time and its deadline
    record Job(String state, String link) {}
    static class Failure extends Exception { // its text is the outcome, with ' for " as `say` takes it
        Failure(String kind, String code) { super("'error','error':{'class':'" + kind + "','code':" + code + "}"); }
    }
    static String raw(String line, String name) { // a quote inside a text is escaped, so "name": is always a name
        return new Scanner(line).findWithinHorizon("(?<=\"" + name + "\":)(\"([^\"\\\\]|\\\\.)*+\"|\\d+|null)", 0);
    }
    static String text(String name) { return raw(run, name).replaceAll("^\"|\"$", "").translateEscapes(); }
    static void say(String it) { out.printf(("{'type':" + it + "}\n").replace('\'', '"'), raw(run, "id")); }
    static String hex(String algorithm, byte[] data) throws Exception {
        return HexFormat.of().formatHex(java.security.MessageDigest.getInstance(algorithm).digest(data));
    }
    static HttpResponse<byte[]> get(String at) throws Exception {
        try { return http.send(HttpRequest.newBuilder(URI.create(at)).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | IllegalArgumentException broken) { throw new Failure("transport", null); }
    }
    static org.w3c.dom.Document call(Map<String, String> params) throws Exception {
        var asked = new TreeMap<>(params); // signed in the order of the names' bytes, each name with its value
        asked.put("apiKey", text("key"));
        asked.put("format", "xml");
        String signed = text("secret"), query = "?";
        for (var pair : asked.entrySet()) {
            signed += pair.getKey() + pair.getValue();
            query += URLEncoder.encode(pair.getKey(), UTF_8) + "=" + URLEncoder.encode(pair.getValue(), UTF_8) + "&";
        }
        var reply = get(text("base_url") + query + "signature=" + hex("MD5", signed.getBytes(UTF_8)));
        if (reply.statusCode() != 200) throw new Failure("transport", null);
        var factory = javax.xml.parsers.DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); // so there are no entities
        var answer = factory.newDocumentBuilder().parse(new ByteArrayInputStream(reply.body()));
        String code = at("/*/code", answer);
        if (code.equals("20")) return answer;
        String kind = new Scanner(CLASSES).findWithinHorizon("(?<=\\b" + code + " )\\w+", 0);
        throw code.matches("\\d+") && kind != null ? new Failure(kind, code) : new Failure("protocol", null);
    }
    static String at(String path, Object answer) throws Exception {
        return javax.xml.xpath.XPathFactory.newInstance().newXPath().evaluate(path, answer);
    }
    static Job ask() throws Exception {
        var answer = call(Map.of("action", "collection.downloadHTML", "collectionHash", text("collection")));
        var job = new Job(at("/*/data/status", answer), at("/*/data/resourceUrl", answer));
        if ((job.state + job.link).matches("COMPLETEhttps?://.+|PROCESSING|FAILED")) return job;
        throw new Failure("protocol", null);
    }
    static String quoted(String text) { // as `say` takes it, which formats it
        return "'" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\u0027").replace("\n", "\\n")
            .replace("\r", "\\r").replace("%", "%%") + "'";
    }
    static String value() throws Exception { // the texts in the data of a call
        var params = new HashMap<>(Map.of("action", text("action")));
        var pairs = java.util.regex.Pattern.compile("\"(\\w+)\":(\"([^\"\\\\]|\\\\.)*+\")");
        pairs.matcher(new Scanner(run).findWithinHorizon("(?<=\"params\":)\\{[^}]*", 0)).results().forEach(
            pair -> params.put(pair.group(1), pair.group(2).replaceAll("^\"|\"$", "").translateEscapes()));
        var fields = call(params).getElementsByTagName("data").item(0);
        String value = "";
        for (var it = fields == null ? null : fields.getFirstChild(); it != null; it = it.getNextSibling()) {
            value += (value.isEmpty() ? "'" : ",'") + it.getNodeName() + "':" + quoted(it.getTextContent());
        }
        return "{" + value + "}";
    }
    static String download(boolean refreshed) throws Exception {
        Job job;
        for (long pause = 2000; (job = ask()).state.equals("PROCESSING"); pause = Math.min(pause * 3 / 2, 10000)) {
            say("'sleep','id':%s,'ms':" + Math.min(pause, end - now));
            if ((now = Long.parseLong(raw(in.readLine(), "now_ms"))) >= end) throw new Failure("deadline", null);
        }
        if (job.state.equals("FAILED")) throw new Failure("job_failed", null);
        var reply = get(job.link);
        if (reply.statusCode() == 403 && !refreshed) return download(true);
        if (reply.statusCode() != 200) throw new Failure("transport", null);
        if (!new String(reply.body(), ISO_8859_1).contains("PK\5\6")) throw new Failure("damaged", null);
        Path dest = Path.of(text("dest")), part = Files.write(Path.of(dest + ".part"), reply.body());
        Files.move(part, dest, StandardCopyOption.REPLACE_EXISTING);
        return "{'bytes':" + reply.body().length + ",'sha256':'" + hex("SHA-256", reply.body()) + "'}";
    }
    static String outcome() throws Exception {
        now = Long.parseLong(raw(run, "now_ms"));
        end = now + Long.parseLong(raw(run, "deadline_ms").replace("null", "1800000"));
        try {
            if (text("op").equals("download")) return "'ok','value':{'status':'COMPLETE'},'file':" + download(false);
            if (text("op").equals("call")) return "'ok','value':" + value();
            return text("op").equals("poll") ? "'ok','value':{'status':'" + ask().state + "'}" : "'unsupported'";
        } catch (Failure failure) { return failure.getMessage();
        } catch (org.xml.sax.SAXException none) { return new Failure("protocol", null).getMessage(); }
    }
    public static void main(String[] arguments) throws Exception {
        while ((run = in.readLine()) != null && !text("type").equals("bye"))
            say(text("type").equals("hello") ? HELLO : "'result','id':%s,'outcome':" + outcome());
    }
}
