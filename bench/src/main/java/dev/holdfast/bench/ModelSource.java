package dev.holdfast.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A model that answers every prompt with so many tokens a second, over HTTP with server-sent events
 * as OpenAI has them. Each token says when it was sent, by {@link System#nanoTime()}, which is one
 * clock for all processes of a Linux. Any thread.
 */
final class ModelSource implements AutoCloseable {

  /** Digits of a time. */
  static final int DIGITS = 19;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int tokens;
  private final long pauseNanos;

  ModelSource(int tokens, int perSecond) throws IOException {
    this.tokens = tokens;
    this.pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10_000);
    server.createContext("/v1/chat/completions", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("content-type", "text/event-stream");
      exchange.getResponseHeaders().set("connection", "close");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      // Runs that begin together do not speak together.
      pause(ThreadLocalRandom.current().nextLong(pauseNanos));
      for (int i = 0; i < tokens; i++) {
        send(
            out,
            String.format(Locale.ROOT, "{\"content\":\"%0" + DIGITS + "d \"}", System.nanoTime()),
            "null");
        pause(pauseNanos);
      }
      send(out, "{}", "\"stop\"");
      out.write("data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void send(OutputStream out, String delta, String finish) throws IOException {
    String chunk =
        "data:"
            + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\","
            + "\"choices\":[{\"index\":0,\"delta\":"
            + delta
            + ",\"finish_reason\":"
            + finish
            + "}]}\n\n";
    out.write(chunk.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
