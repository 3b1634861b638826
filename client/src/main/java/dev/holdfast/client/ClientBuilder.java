package dev.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a client connects. One thread. */
public final class ClientBuilder {

  final URI uri;
  Supplier<@Nullable String> token = () -> null;
  @Nullable String user;
  Listener listener = Listener.NONE;
  Backoff backoff =
      new Backoff(
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          () -> ThreadLocalRandom.current().nextDouble());
  Duration connectTimeout = Duration.ofSeconds(10);
  boolean patient;
  @Nullable HttpClient http;

  ClientBuilder(URI uri) {
    this.uri = uri;
  }

  /** The token to be admitted with. */
  public ClientBuilder token(@Nullable String always) {
    return token(() -> always);
  }

  /**
   * Where tokens come from. Asked before each connection, and when a token is about to end; called
   * on the client's thread, so it should have the token at hand.
   */
  public ClientBuilder token(Supplier<@Nullable String> source) {
    token = source;
    return this;
  }

  /** Who to be, at a gateway in development mode. */
  public ClientBuilder user(@Nullable String name) {
    user = name;
    return this;
  }

  /** Who is told what happens. */
  public ClientBuilder listener(Listener told) {
    listener = told;
    return this;
  }

  /** How long to wait before the first attempt in a row, and at most before a later one. */
  public ClientBuilder backoff(Duration first, Duration most) {
    backoff = new Backoff(first, most, backoff.random());
    return this;
  }

  /** How long a handshake may take. */
  public ClientBuilder connectTimeout(Duration most) {
    connectTimeout = most;
    return this;
  }

  /** Keeps trying where the gateway is not there yet, rather than to fail at once. */
  public ClientBuilder patient() {
    patient = true;
    return this;
  }

  /** The HTTP client to connect by, which stays the caller's; without one it makes its own. */
  public ClientBuilder http(HttpClient shared) {
    http = shared;
    return this;
  }

  /**
   * Connects. The future fails with a {@link CommandException} or an {@link java.io.IOException}
   * where the gateway refuses, or can't be reached; the client has ended then.
   */
  public CompletableFuture<Client> connect() {
    return new Client(this).start();
  }
}
