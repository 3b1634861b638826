package dev.holdfast.server.http;

import dev.holdfast.server.auth.ApiKeys;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.session.Authenticator;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpBody;
import dev.holdfast.transport.HttpHandler;
import dev.holdfast.transport.HttpReply;
import dev.holdfast.transport.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The page, and the HTTP API: finds the route, asks who it is, and answers. Any thread. */
public final class HttpApi implements HttpHandler {

  private static final System.Logger LOG = System.getLogger(HttpApi.class.getName());

  private final Routes routes = new Routes();
  private final PageFiles files;
  private final Guard guard;
  private final MediaRoutes media;

  /**
   * @param anonymous who a request without a token is, from this machine; null for nobody
   */
  public HttpApi(
      Authenticator authenticator, ApiKeys apiKeys, @Nullable Principal anonymous, Parts parts) {
    this.files = new PageFiles(parts.openId());
    this.media = new MediaRoutes(parts);
    this.guard = new Guard(authenticator, apiKeys, anonymous);
    new Health(parts).addTo(routes);
    new SignInRoutes(parts).addTo(routes);
    new ChannelRoutes(parts).addTo(routes);
    new AdminRoutes(parts).addTo(routes);
    new RunRoutes(parts).addTo(routes);
    new ToolRoutes(parts).addTo(routes);
    new DeviceRoutes(parts).addTo(routes);
    new PairingRoutes(parts).addTo(routes);
    media.addTo(routes);
    new TerminalRoutes(parts).addTo(routes);
    new MilestoneRoutes(parts).addTo(routes);
  }

  /** Every route, as {@code METHOD path}. */
  public List<String> paths() {
    return routes.all().stream().map(r -> r.method() + " " + r.template()).toList();
  }

  @Override
  public void handle(HttpRequest request, HttpReply reply) {
    Reply file = files.find(request);
    if (file != null) {
      send(reply, file);
      return;
    }
    Routes.Match match;
    try {
      match = routes.find(request.method(), request.path());
    } catch (Refusal e) {
      send(reply, e.reply());
      return;
    }
    if (match.route().roles().isEmpty()) {
      send(reply, answer(match, request, Health.NOBODY));
      return;
    }
    guard.identify(
        request,
        (principal, refused) ->
            send(
                reply,
                principal == null
                    ? java.util.Objects.requireNonNull(refused)
                    : allowed(match, request, principal)));
  }

  @Override
  public boolean streams(String method, String path) {
    return MediaRoutes.streams(method, path);
  }

  @Override
  public void handle(HttpRequest request, InputStream body, HttpReply reply) {
    send(reply, guarded(request, () -> media.take(request, body)));
  }

  private static Reply allowed(Routes.Match match, HttpRequest request, Principal principal) {
    if (principal.device() != null) {
      return Reply.error(403, "forbidden", DeviceRights.DEVICE_ONLY);
    }
    boolean may =
        principal.admin()
            || match.route().roles().equals(Routes.ANYBODY)
            || match.route().roles().stream().anyMatch(principal.roles()::contains);
    return may
        ? answer(match, request, principal)
        : Reply.error(
            403, "forbidden", "needs the role " + String.join(" or ", match.route().roles()));
  }

  private static Reply answer(Routes.Match match, HttpRequest request, Principal principal) {
    return guarded(
        request, () -> match.route().action().answer(request, match.variables(), principal));
  }

  private static Reply guarded(HttpRequest request, Supplier<Reply> answer) {
    try {
      Reply reply = answer.get();
      Supplier<Reply> later = reply.later();
      return later == null ? reply : Reply.later(() -> guarded(request, later));
    } catch (Refusal e) {
      return e.reply();
    } catch (RuntimeException e) {
      String errorId = "h" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
      LOG.log(System.Logger.Level.ERROR, "error " + errorId + " on " + request, e);
      return Reply.error(500, "internal", "internal error, error_id " + errorId);
    }
  }

  private static void send(HttpReply reply, Reply answer) {
    Supplier<Reply> later = answer.later();
    if (later != null) {
      Thread.ofVirtual().name("http-later").start(() -> send(reply, later.get()));
      return;
    }
    Reply.Streaming streaming = answer.streaming();
    if (streaming == null) {
      reply.send(answer.status(), answer.headers(), answer.body());
      return;
    }
    Semaphore closed = new Semaphore(0);
    HttpBody body = reply.stream(answer.status(), answer.headers(), closed::release);
    Thread.ofVirtual()
        .name("http-stream")
        .start(() -> {
          try {
            streaming.write(body, closed);
            body.end();
          } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a stream broke off", e);
            body.breakOff();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            body.breakOff();
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a stream failed", e);
            body.breakOff();
          }
        });
  }
}
