package dev.holdfast.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Fetches small documents that the configuration names. Any thread; blocks. */
final class Fetch {

  private static final int TIMEOUT_SECONDS = 5;
  private static final int MOST_BYTES = 256 * 1024;

  private Fetch() {}

  /**
   * What is there. Goes nowhere but to that URL, and neither waits nor reads without end.
   *
   * @throws IOException saying in plain words why there is nothing
   */
  static String text(URI uri) throws IOException {
    try (HttpClient client =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build()) {
      var answer =
          client.sendAsync(
              HttpRequest.newBuilder(uri).build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(UTF_8), MOST_BYTES));
      try {
        HttpResponse<String> response = answer.get(TIMEOUT_SECONDS, SECONDS);
        if (response.statusCode() != 200) {
          throw new IOException("HTTP status " + response.statusCode());
        }
        return response.body();
      } catch (TimeoutException e) {
        throw new IOException("no answer within " + TIMEOUT_SECONDS + " s", e);
      } catch (ExecutionException e) {
        String why = e.getCause() == null ? "" : e.getCause().getClass().getSimpleName();
        throw new IOException("it can't be reached (" + why + ")", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } finally {
        client.shutdownNow();
      }
    }
  }
}
