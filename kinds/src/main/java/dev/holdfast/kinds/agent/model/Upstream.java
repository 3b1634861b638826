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
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to a model for one run: asks on the run's own thread, so that its tokens come one after
 * the other and cancelling closes the connection; watches for silence. One request at a time.
 */
final class Upstream implements HttpClient {

  private static final int OK = 200;
  private static final int REDIRECT = 300;
  private static final int LARGEST_COMPLAINT = 2_000;
  private static final int LOOKS = 4;

  private final java.net.http.HttpClient client;
  private final Duration idle;
  private final ScheduledExecutorService timer;
  private final Run run;
  private long retryAfterMillis = -1;
  private volatile boolean silent;

  Upstream(
      java.net.http.HttpClient client, Duration idle, ScheduledExecutorService timer, Run run) {
    this.client = client;
    this.idle = idle;
    this.timer = timer;
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
    HttpResponse<InputStream> response;
    try {
      response = client.send(jdk(request), BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException | ConnectException e) {
      listener.onError(e);
      return;
    } catch (HttpTimeoutException e) {
      silent = true;
      listener.onError(e);
      return;
    } catch (IOException e) {
      listener.onError(e);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener.onError(e);
      return;
    }
    try (Watched body = new Watched(response.body())) {
      run.closeAtEnd(body);
      if (response.statusCode() < OK || response.statusCode() >= REDIRECT) {
        refused(response, body, listener);
        return;
      }
      listener.onOpen(
          SuccessfulHttpResponse.builder()
              .statusCode(response.statusCode())
              .headers(response.headers().map())
              .build());
      parser.parse(body, listener);
      listener.onClose();
    } catch (IOException e) {
      listener.onError(e);
    }
  }

  private java.net.http.HttpRequest jdk(HttpRequest request) {
    var made =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .timeout(idle)
            .method(
                request.method().name(),
                request.body() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> values.forEach(value -> made.header(name, value)));
    return made.build();
  }

  private void refused(
      HttpResponse<InputStream> response, InputStream body, ServerSentEventListener listener)
      throws IOException {
    retryAfterMillis = RetryAfter.millis(response.headers().firstValue("retry-after").orElse(null));
    String complaint = new String(body.readNBytes(LARGEST_COMPLAINT), StandardCharsets.UTF_8);
    listener.onError(new HttpException(response.statusCode(), complaint));
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

  /** A body that is closed when nothing comes for too long. */
  private final class Watched extends FilterInputStream {
    private final ScheduledFuture<?> watch;
    private volatile long heardNanos = System.nanoTime();

    Watched(InputStream body) {
      super(body);
      long every = Math.max(1, idle.toMillis() / LOOKS);
      watch = timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
      if (System.nanoTime() - heardNanos >= idle.toNanos()) {
        silent = true;
        try {
          close();
        } catch (IOException _) {
          // Closed is closed.
        }
      }
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      heardNanos = System.nanoTime();
      return read;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      int read = in.read(target, from, length);
      heardNanos = System.nanoTime();
      return read;
    }

    @Override
    public void close() throws IOException {
      watch.cancel(false);
      super.close();
    }
  }
}
