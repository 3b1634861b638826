package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A browser without a window, with a camera and a place of its own making, by the DevTools protocol
 * alone: so that no driver has to come with the cases. One thread.
 */
final class Chromium implements AutoCloseable {

  private static final String READY = "DevTools listening on ";

  private final Process process;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Long, CompletableFuture<Frame>> answers = new ConcurrentHashMap<>();
  private final WebSocket socket;
  private long asked;

  private Chromium(Process process, Path profile, URI devTools) {
    this.process = process;
    this.profile = profile;
    socket = http.newWebSocketBuilder().buildAsync(devTools, new Answers()).join();
  }

  /** The program; null where there is none. */
  static @Nullable Path program() {
    String path = System.getenv("PATH");
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name ->
            Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  static Chromium start() throws IOException {
    Path profile = Files.createTempDirectory("holdfast-chromium");
    Process process =
        new ProcessBuilder(
                String.valueOf(program()),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-breakpad",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "about:blank")
            .redirectErrorStream(true)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith(READY)) {
        Thread.ofVirtual().start(() -> out.lines().forEach(unread -> {}));
        return new Chromium(process, profile, URI.create(line.substring(READY.length()).strip()));
      }
    }
    end(process, profile);
    throw new IOException("the browser did not start");
  }

  /** A tab at that address, which may use camera and place, and show notifications. */
  Tab open(String address) throws Exception {
    String origin = address.replaceFirst("^(https?://[^/]+).*", "$1");
    ask(
        null,
        "Browser.grantPermissions",
        "{\"origin\":%s,\"permissions\":[\"geolocation\",\"videoCapture\",\"audioCapture\","
                .formatted(Frame.quoted(origin))
            + "\"notifications\"]}");
    Map<?, ?> target = ask(null, "Target.createTarget", "{\"url\":\"about:blank\"}");
    Map<?, ?> attached =
        ask(
            null,
            "Target.attachToTarget",
            "{\"targetId\":\"%s\",\"flatten\":true}".formatted(target.get("targetId")));
    String session = String.valueOf(attached.get("sessionId"));
    ask(
        session,
        "Emulation.setGeolocationOverride",
        "{\"latitude\":46.948,\"longitude\":7.4474,\"accuracy\":10}");
    ask(session, "Page.navigate", "{\"url\":" + Frame.quoted(address) + "}");
    return new Tab(session);
  }

  /** What a method of the protocol answers. */
  private Map<?, ?> ask(@Nullable String session, String method, String params) throws Exception {
    long id = ++asked;
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    answers.put(id, answer);
    String to = session == null ? "" : ",\"sessionId\":\"" + session + "\"";
    socket
        .sendText(
            "{\"id\":%d,\"method\":\"%s\",\"params\":%s%s}".formatted(id, method, params, to), true)
        .join();
    Frame said = answer.get(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
    Check.that(method, said.fields().get("error") == null, said);
    return DeviceTalk.part(said, "result");
  }

  /** One page. */
  final class Tab {
    private final String session;

    private Tab(String session) {
      this.session = session;
    }

    /** The value of an expression of JavaScript, as text. */
    String value(String expression) throws Exception {
      Map<?, ?> answer =
          ask(
              session,
              "Runtime.evaluate",
              "{\"returnByValue\":true,\"expression\":" + Frame.quoted(expression) + "}");
      Check.that(expression, answer.get("exceptionDetails") == null, answer);
      return answer.get("result") instanceof Map<?, ?> result
          ? String.valueOf(result.get("value"))
          : "";
    }

    /** Waits for an element with that text. */
    void shows(String selector, String text) throws Exception {
      Check.becomes(
          selector + " shows " + text,
          () ->
              text.equals(value("document.querySelector('%s')?.textContent".formatted(selector))));
    }

    /** Waits for a button of that name, and clicks it. */
    void click(String name) throws Exception {
      click("document", name);
    }

    /** Waits until a person is asked that, and says yes. */
    void allows(String question) throws Exception {
      click(
          "[...document.querySelectorAll('[role=alertdialog]')]"
              + ".find((one) => one.textContent.includes('%s'))".formatted(question),
          "Allow");
    }

    private void click(String within, String name) throws Exception {
      Check.becomes(
          "a button " + name,
          () ->
              "true"
                  .equals(
                      value(
                          "(() => { const button = [...(%s?.querySelectorAll('button') ?? [])]"
                                  .formatted(within)
                              + ".find((one) => one.textContent.trim() === '%s');".formatted(name)
                              + " button?.click(); return !!button; })()")));
    }
  }

  /** Hears what the browser answers; what it tells unasked is of no interest. */
  private final class Answers implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        Frame frame = Frame.of(text.toString());
        text.setLength(0);
        CompletableFuture<Frame> waits = answers.remove(frame.number("id", -1));
        if (waits != null) {
          waits.complete(frame);
        }
      }
      socket.request(1);
      return null;
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
    end(process, profile);
  }

  /** Ends the browser with all its processes, and then deletes what it has written. */
  private static void end(Process process, Path profile) {
    try {
      List<ProcessHandle> all =
          Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      for (ProcessHandle one : all) {
        Check.becomes("the browser's process is gone", () -> Programs.gone(one.pid()));
      }
      Check.becomes(
          "its profile is gone",
          () -> {
            Programs.delete(profile);
            return !Files.exists(profile);
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
