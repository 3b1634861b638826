package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.ClientBuilder;
import dev.holdfast.client.Frame;
import dev.holdfast.client.Unreachable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway, and as whom. One thread. */
final class Target {

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:HOLDFAST_URL:-ws://127.0.0.1:8079/ws}",
      description = "The gateway; HOLDFAST_URL, or ${DEFAULT-VALUE}.")
  private URI url = URI.create("ws://127.0.0.1:8079/ws");

  @Option(
      names = "--token",
      paramLabel = "JWT",
      defaultValue = "${env:HOLDFAST_TOKEN}",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "The token; better in HOLDFAST_TOKEN, where no process list shows it.")
  private @Nullable String token;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Who to be, without a token: at a gateway in development mode.")
  private @Nullable String user;

  URI url() {
    return url;
  }

  @Nullable String token() {
    return token;
  }

  /** A path of its HTTP API. */
  URI http(String path) {
    ClientBuilder _ = Client.of(url);
    String scheme = String.valueOf(url.getScheme()).replaceFirst("^ws", "http");
    return URI.create(scheme + "://" + url.getRawAuthority() + path);
  }

  /**
   * Who to be.
   *
   * @throws IllegalArgumentException where a token says it
   */
  @Nullable String user() {
    if (user != null && token != null) {
      throw new IllegalArgumentException(
          "--user: the token says who one is; leave out one of them (--token, HOLDFAST_TOKEN)");
    }
    return user;
  }

  /** A text as a part of a URL. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What its HTTP API answers to a GET. */
  String get(String path) throws IOException, InterruptedException {
    return answer(HttpRequest.newBuilder(http(path)));
  }

  /** What its HTTP API answers to a POST of JSON. */
  String post(String path, String json) throws IOException, InterruptedException {
    return answer(
        HttpRequest.newBuilder(http(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private String answer(HttpRequest.Builder request) throws IOException, InterruptedException {
    request.timeout(Duration.ofSeconds(20));
    String name = user();
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    } else if (name != null) {
      request.header("x-user-id", encoded(name));
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new Refused(response);
      }
      return response.body();
    } catch (Refused e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(Unreachable.why(url, e), e);
    }
  }

  /** The gateway's answer is no. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(HttpResponse<String> response) {
      super(said(response.statusCode(), response.body()));
    }

    private static String said(int status, String body) {
      try {
        if (Frame.of(body).fields().get("error") instanceof Map<?, ?> error) {
          return Talk.plain(error.get("code") + ": " + error.get("message"));
        }
      } catch (RuntimeException e) {
        // No JSON: somebody else's answer.
      }
      return "HTTP " + status;
    }
  }

  ClientBuilder client() {
    return Client.of(url).token(token).user(user());
  }

  static Client connect(ClientBuilder builder) {
    return builder.connect().orTimeout(20, TimeUnit.SECONDS).join();
  }

  Client connect() {
    return connect(client());
  }
}
