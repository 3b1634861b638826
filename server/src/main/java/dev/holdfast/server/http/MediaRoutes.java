package dev.holdfast.server.http;

import dev.holdfast.kinds.device.Media;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What devices upload, by a right that each command brings, and what was uploaded, for its user.
 */
final class MediaRoutes {

  private static final String UPLOADS = "/api/uploads/";
  private static final int PIECE = 64 * 1024;

  /** So that no browser takes it for more than it is. */
  private static final String POLICY = "default-src 'none'; sandbox";

  private final Uploads uploads;
  private final DeviceRights rights;

  MediaRoutes(Parts parts) {
    this.uploads = parts.uploads();
    this.rights = parts.deviceRights();
  }

  void addTo(Routes routes) {
    // The path is the right.
    for (String method : new String[] {"PUT", "POST"}) {
      routes.add(
          method,
          UPLOADS + "{token}",
          java.util.List.of(),
          (r, v, p) -> Reply.later(() -> take(r, new ByteArrayInputStream(r.body()))));
    }
    routes.add("GET", "/api/media", Routes.ANYBODY, (r, v, p) -> list(p));
    routes.add("GET", "/api/media/{id}", Routes.ANYBODY, (r, v, p) -> read(v, p));
    routes.add("DELETE", "/api/media/{id}", Routes.ANYBODY, (r, v, p) -> delete(v, p));
  }

  static boolean streams(String method, String path) {
    return (method.equals("PUT") || method.equals("POST")) && path.startsWith(UPLOADS);
  }

  /** Takes an upload as it comes; waits for its client and the disk. */
  Reply take(HttpRequest request, InputStream body) {
    String token = request.path().substring(UPLOADS.length());
    String length = request.headers().getOrDefault("content-length", "");
    String claim = request.headers().get("content-type");
    return switch (uploads.take(token, length(length), claim, body)) {
      case Uploads.Outcome.Stored(Media media) ->
          new Reply(
              201,
              Map.of("content-type", "application/json"),
              media.json().getBytes(StandardCharsets.UTF_8));
      case Uploads.Outcome.Refused(Uploads.Why why, String message) ->
          switch (why) {
            case UNKNOWN -> Reply.error(404, "not_found", message);
            case TOO_LARGE -> Reply.error(413, "too_large", message);
            case NOT_MEDIA -> Reply.error(415, "bad_request", message);
            case NO_ROOM -> Reply.error(507, "over_capacity", message);
            case BROKEN_OFF -> Reply.error(400, "bad_request", message);
          };
    };
  }

  private static long length(String header) {
    return header.matches("[0-9]{1,18}") ? Long.parseLong(header) : -1;
  }

  private Reply list(Principal who) {
    return Reply.raw(
        uploads.list(who.userId(), rights.seesMedia(who)).stream()
            .map(Media::json)
            .collect(Collectors.joining(",", "{\"media\":[", "]}")));
  }

  private Media found(Map<String, String> path, Principal who) {
    Media media = uploads.find(path.getOrDefault("id", ""));
    if (media == null || !(media.user().equals(who.userId()) || rights.seesMedia(who))) {
      throw new Refusal(404, "not_found", "no such media");
    }
    return media;
  }

  private Reply read(Map<String, String> path, Principal who) {
    Media media = found(path, who);
    return Reply.stream(
        Map.of(
            "content-type",
            media.type().text(),
            "content-disposition",
            "attachment; filename=\"" + media.id() + "." + media.type().suffix() + "\"",
            "content-security-policy",
            POLICY,
            "cache-control",
            "private, no-store"),
        (body, wake) -> {
          try (InputStream in = uploads.read(media)) {
            for (byte[] piece = in.readNBytes(PIECE);
                piece.length > 0;
                piece = in.readNBytes(PIECE)) {
              body.write(piece);
            }
          }
        });
  }

  private Reply delete(Map<String, String> path, Principal who) {
    Media media = found(path, who);
    if (!media.user().equals(who.userId()) && !rights.commandsAll(who)) {
      return Reply.error(403, "forbidden", "it may only be viewed");
    }
    return Reply.later(() -> {
      uploads.delete(media);
      return Reply.nothing();
    });
  }
}
