package dev.holdfast.kinds.agent.model;

import dev.holdfast.kinds.agent.Run;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way to a model for one run: asks on the run's own thread, so that its tokens come one after
 * the other with no other thread between; cancelling closes the connection, and silence is a
 * time-out. One request at a time.
 */
final class Upstream implements HttpClient {

  private static final int OK = 200;
  private static final int REDIRECT = 300;
  private static final int LARGEST_COMPLAINT = 2_000;

  private final Duration connect;
  private final Duration idle;
  private final Run run;
  private long retryAfterMillis = -1;
  private boolean silent;

  Upstream(ModelSettings settings, Run run) {
    this.connect = settings.connectTimeout();
    this.idle = settings.idleTimeout();
    this.run = run;
  }

  /** How long the upstream wants to be left alone; -1 where it did not say. */
  long retryAfterMillis() {
    return retryAfterMillis;
  }

  /** Whether it said nothing for too long. */
  boolean silent() {
    return silent;
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    throw new UnsupportedOperationException("streams only");
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    retryAfterMillis = -1;
    silent = false;
    HttpURLConnection connection;
    try {
      connection = open(request);
    } catch (IOException e) {
      listener.onError(e);
      return;
    }
    try {
      run.closeAtEnd(connection::disconnect);
      answered(connection, parser, listener);
    } catch (IOException e) {
      listener.onError(e);
    } finally {
      connection.disconnect();
    }
  }

  private HttpURLConnection open(HttpRequest request) throws IOException {
    byte[] body = (request.body() == null ? "" : request.body()).getBytes(StandardCharsets.UTF_8);
    var connection = (HttpURLConnection) URI.create(request.url()).toURL().openConnection();
    connection.setConnectTimeout(Math.toIntExact(connect.toMillis()));
    connection.setReadTimeout(Math.toIntExact(idle.toMillis()));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(request.method().name());
    request
        .headers()
        .forEach((name, values) -> values.forEach(v -> connection.addRequestProperty(name, v)));
    connection.setDoOutput(true);
    // A body of fixed length is never sent again behind our back.
    connection.setFixedLengthStreamingMode(body.length);
    try {
      connection.connect();
    } catch (SocketTimeoutException e) {
      throw new ConnectException("no connection in time");
    }
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    return connection;
  }

  private void answered(
      HttpURLConnection connection, ServerSentEventParser parser, ServerSentEventListener listener)
      throws IOException {
    int status = status(connection);
    if (status < OK || status >= REDIRECT) {
      retryAfterMillis = RetryAfter.millis(connection.getHeaderField("retry-after"));
      listener.onError(new HttpException(status, complaint(connection)));
      return;
    }
    Map<String, List<String>> headers = new HashMap<>(connection.getHeaderFields());
    headers.remove(null);
    listener.onOpen(SuccessfulHttpResponse.builder().statusCode(status).headers(headers).build());
    try (InputStream in = new Watched(connection.getInputStream())) {
      parser.parse(in, listener);
    }
    listener.onClose();
  }

  private int status(HttpURLConnection connection) throws IOException {
    try {
      return connection.getResponseCode();
    } catch (SocketTimeoutException e) {
      silent = true;
      throw e;
    }
  }

  private static String complaint(HttpURLConnection connection) throws IOException {
    try (InputStream error = connection.getErrorStream()) {
      return error == null
          ? ""
          : new String(error.readNBytes(LARGEST_COMPLAINT), StandardCharsets.UTF_8);
    }
  }

  /** A body that notes when it was silent for too long: parsers do not say why they stopped. */
  private final class Watched extends FilterInputStream {

    Watched(InputStream body) {
      super(body);
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      try {
        return in.read(target, from, length);
      } catch (SocketTimeoutException e) {
        silent = true;
        throw e;
      }
    }
  }

  /** A builder as models want one: what it builds is this, whatever it is told. */
  HttpClientBuilder asBuilder() {
    return new HttpClientBuilder() {
      @Override
      public @Nullable Duration connectTimeout() {
        return null;
      }

      @Override
      public HttpClientBuilder connectTimeout(Duration timeout) {
        return this;
      }

      @Override
      public @Nullable Duration readTimeout() {
        return null;
      }

      @Override
      public HttpClientBuilder readTimeout(Duration timeout) {
        return this;
      }

      @Override
      public HttpClient build() {
        return Upstream.this;
      }
    };
  }
}
