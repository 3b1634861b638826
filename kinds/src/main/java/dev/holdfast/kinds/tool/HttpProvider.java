package dev.holdfast.kinds.tool;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Tools that are endpoints of other servers, which take and give JSON. Any thread. */
public final class HttpProvider implements Provider {

  private static final Pattern HOLE = Pattern.compile("\\{([A-Za-z0-9_]+)}");
  private static final int MOST_BYTES = 16 << 20;
  private static final int CLIENT_ERROR = 400;
  private static final int TIMEOUT = 408;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /**
   * One tool.
   *
   * @param url {@code {name}} in it stands for that argument
   */
  public record Target(Described described, String method, String url) implements Offered {}

  private final String id;
  private final List<Target> targets;
  private final Map<String, String> headers;
  private final HttpClient client;

  /**
   * @param headers of each request
   * @param connectTimeout for a connection
   */
  public HttpProvider(
      String id, List<Target> targets, Map<String, String> headers, Duration connectTimeout) {
    this.id = id;
    this.targets = List.copyOf(targets);
    this.headers = Map.copyOf(headers);
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public List<Described> tools() {
    return Offered.tools(targets);
  }

  @Override
  public String call(Work work) throws ToolException, InterruptedException {
    HttpRequest request = request(Offered.named(work.tool(), targets), work.arguments());
    try {
      // An interrupt aborts the exchange.
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        work.closeAtEnd(body);
        byte[] bytes = body.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
          throw ToolException.execution("the answer is larger than " + MOST_BYTES + " bytes");
        }
        return outputs(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw ToolException.provider("'" + id + "' can't be reached");
    }
  }

  private HttpRequest request(Target target, JsonNode arguments) throws ToolException {
    Matcher holes = HOLE.matcher(target.url());
    StringBuilder url = new StringBuilder();
    while (holes.find()) {
      JsonNode value = arguments.path(holes.group(1));
      if (value.isMissingNode() || value.isContainer()) {
        throw new ToolException(
            ToolError.VALIDATION_ERROR,
            "arguments: " + holes.group(1) + ": missing, or not plain",
            null,
            false);
      }
      String text = value.isString() ? value.stringValue() : value.toString();
      String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
      holes.appendReplacement(url, Matcher.quoteReplacement(encoded));
    }
    holes.appendTail(url);
    String method = target.method().toUpperCase(Locale.ROOT);
    boolean plain = method.equals("GET") || method.equals("DELETE");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url.toString()))
            .method(
                method,
                plain
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(arguments.toString()));
    request.header("accept", "application/json");
    if (!plain) {
      request.header("content-type", "application/json");
    }
    headers.forEach(request::setHeader);
    return request.build();
  }

  private String outputs(int status, String body) throws ToolException {
    if (status >= SERVER_ERROR || status == TOO_MANY || status == TIMEOUT) {
      throw ToolException.provider("'" + id + "' answered " + status);
    }
    if (status >= CLIENT_ERROR || status / 100 != 2) {
      throw ToolException.execution("'" + id + "' answered " + status);
    }
    try {
      JsonNode outputs = Arguments.JSON.readTree(body).path("outputs");
      return outputs.isArray() ? outputs.toString() : Outputs.text(body);
    } catch (JacksonException e) {
      return Outputs.text(body);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
