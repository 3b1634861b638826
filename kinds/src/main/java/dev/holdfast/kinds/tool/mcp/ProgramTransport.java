package dev.holdfast.kinds.tool.mcp;

import dev.holdfast.kinds.common.ProcessGroup;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Talks to an MCP server that is a program, in lines of JSON. The SDK's own gives the program the
 * gateway's whole environment, leaves its children running, and can't tell when it ends. Any
 * thread.
 *
 * <p>Source: MCP, transports, stdio.
 */
final class ProgramTransport implements McpClientTransport {

  private static final System.Logger LOG = System.getLogger(ProgramTransport.class.getName());
  private static final int MOST_UNREAD = 10_000;

  private final String id;
  private final List<String> command;
  private final @Nullable Path folder;
  private final Map<String, String> environment;
  private final McpJsonMapper json;
  private final Runnable gone;
  private final BlockingQueue<String> outbox = new LinkedBlockingQueue<>(MOST_UNREAD);
  private @Nullable Process process;
  private @Nullable Thread writer;
  private boolean closed;

  /**
   * @param gone is told once that the program has ended
   */
  ProgramTransport(
      String id,
      List<String> command,
      @Nullable Path folder,
      Map<String, String> environment,
      McpJsonMapper json,
      Runnable gone) {
    this.id = id;
    this.command = command;
    this.folder = folder;
    this.environment = environment;
    this.json = json;
    this.gone = gone;
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.fromRunnable(() -> start(handler));
  }

  private synchronized void start(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Process started;
    try {
      started = ProcessGroup.start(command, folder, environment);
    } catch (IOException e) {
      throw new IllegalStateException("the program can't be started", e);
    }
    process = started;
    // Pipes block in native code.
    thread("in", () -> read(started, handler));
    thread("err", () -> complain(started));
    writer = thread("out", () -> write(started));
  }

  private interface Job {
    void run() throws IOException, InterruptedException;
  }

  private Thread thread(String name, Job job) {
    return Thread.ofPlatform()
        .daemon()
        .name("mcp-" + id + "-" + name)
        .start(() -> {
          try {
            job.run();
          } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the MCP server " + id + " is gone", e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void read(Process from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler)
      throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.isBlank()) {
          continue;
        }
        JSONRPCMessage message;
        try {
          message = McpSchema.deserializeJsonRpcMessage(json, line);
        } catch (IOException | RuntimeException e) {
          LOG.log(System.Logger.Level.WARNING, "the MCP server {0} wrote what is none", id);
          continue;
        }
        var _ = handler.apply(Mono.just(message)).subscribe();
      }
    } finally {
      gone.run();
    }
  }

  private void complain(Process from) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from.getErrorStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", id, line);
      }
    }
  }

  private void write(Process to) throws IOException, InterruptedException {
    try (OutputStream out = to.getOutputStream()) {
      while (true) {
        out.write(outbox.take().getBytes(StandardCharsets.UTF_8));
        if (outbox.isEmpty()) {
          out.flush();
        }
      }
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromRunnable(() -> {
      try {
        if (!outbox.offer(json.writeValueAsString(message) + "\n")) {
          throw new IllegalStateException("the server does not read");
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::close);
  }

  /** Kills it with all that it has started. */
  @Override
  public synchronized void close() {
    closed = true;
    if (writer != null) {
      writer.interrupt();
    }
    if (process != null) {
      ProcessGroup.kill(process);
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return json.convertValue(data, type);
  }
}
