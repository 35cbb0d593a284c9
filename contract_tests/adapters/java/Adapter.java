// Adapter protocol v1 around a small client in plain Java (17 or newer, no dependency), run by: java Adapter.java
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.util.*;
import static java.nio.charset.StandardCharsets.*;

public class Adapter {
    static final String HELLO = "'hello','protocol':1,'client':{'name':'plain-java','version':'1','language':'java'},"
        + "'ops':['download','poll'],'capabilities':['virtual_sleep','xml','deadline','refresh']";
    static final Map<String, String> CLASSES = Map.of("22", "maintenance", "31", "rate_limited", "32", "rate_limited",
        "41", "auth", "43", "forbidden", "44", "auth", "30", "bad_request", "40", "bad_request", "42", "bad_request");
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
    static Job ask() throws Exception {
        String[] asked = {"action", "collection.downloadHTML", "apiKey", text("key"), "collectionHash",
            text("collection"), "format", "xml"}; // names in the order of their bytes, each with its value
        String signed = text("secret") + String.join("", asked), query = "?";
        for (int i = 0; i < 8; i += 2) query += asked[i] + "=" + URLEncoder.encode(asked[i + 1], UTF_8) + "&";
        var reply = get(text("base_url") + query + "signature=" + hex("MD5", signed.getBytes(UTF_8)));
        if (reply.statusCode() != 200) throw new Failure("transport", null);
        var factory = javax.xml.parsers.DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); // so there are no entities
        var answer = factory.newDocumentBuilder().parse(new ByteArrayInputStream(reply.body()));
        var at = javax.xml.xpath.XPathFactory.newInstance().newXPath();
        String code = at.evaluate("/*/code", answer);
        var job = new Job(at.evaluate("/*/data/status", answer), at.evaluate("/*/data/resourceUrl", answer));
        if (CLASSES.containsKey(code)) throw new Failure(CLASSES.get(code), code);
        if ((code + job.state + job.link).matches("20(COMPLETEhttps?://.+|PROCESSING|FAILED)")) return job;
        throw new Failure("protocol", null);
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
            return text("op").equals("poll") ? "'ok','value':{'status':'" + ask().state + "'}" : "'unsupported'";
        } catch (Failure failure) { return failure.getMessage();
        } catch (org.xml.sax.SAXException none) { return new Failure("protocol", null).getMessage(); }
    }
    public static void main(String[] arguments) throws Exception {
        while ((run = in.readLine()) != null && !text("type").equals("bye"))
            say(text("type").equals("hello") ? HELLO : "'result','id':%s,'outcome':" + outcome());
    }
}
