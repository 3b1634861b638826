package dev.holdfast.server.http;

import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Media;
import dev.holdfast.kinds.device.MediaStore;
import dev.holdfast.kinds.device.Uploads;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpBody;
import dev.holdfast.transport.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/**
 * What devices upload, by a right that each command brings, and what was uploaded, for its user.
 */
final class MediaRoutes {

  private static final String UPLOADS = "/api/uploads/";

  /** So that no browser takes it for more than it is. */
  private static final String POLICY = "default-src 'none'; sandbox";

  /** The version of tus, the protocol of uploads that go on where they broke off. */
  private static final String TUS = "1.0.0";

  private static final String OFFSET = "upload-offset";
  private static final String LENGTH = "upload-length";
  private static final String PIECE_TYPE = "application/offset+octet-stream";
  private static final Set<String> TAKES = Set.of("PUT", "POST", "PATCH");

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Uploads uploads;
  private final MediaStore media;
  private final Devices devices;
  private final DeviceRights rights;

  MediaRoutes(Parts parts) {
    this.uploads = parts.uploads();
    this.media = uploads.media();
    this.devices = parts.devices();
    this.rights = parts.deviceRights();
  }

  void addTo(Routes routes) {
    // The path is the right.
    for (String method : TAKES) {
      upload(routes, method, r -> take(r, new ByteArrayInputStream(r.body())));
    }
    // A HEAD comes as a GET.
    upload(routes, "GET", r -> so(r, () -> said(uploads.progress(token(r)))));
    upload(routes, "DELETE", r -> so(r, () -> said(uploads.giveUp(token(r)))));
    upload(routes, "OPTIONS", r -> options());
    routes.add("GET", "/api/media", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/media/{id}", Routes.ANYBODY, (r, v, p) -> read(r, v, p));
    routes.add("DELETE", "/api/media/{id}", Routes.ANYBODY, (r, v, p) -> delete(v, p));
  }

  private static void upload(Routes routes, String method, Function<HttpRequest, Reply> answer) {
    routes.add(
        method, UPLOADS + "{token}", List.of(), (r, v, p) -> Reply.later(() -> answer.apply(r)));
  }

  static boolean streams(String method, String path) {
    return TAKES.contains(method) && path.startsWith(UPLOADS);
  }

  private static String token(HttpRequest request) {
    return request.path().substring(UPLOADS.length());
  }

  /** Takes an upload, or a piece of one, as it comes; waits for its client and the disk. */
  Reply take(HttpRequest request, InputStream body) {
    long announced = number(request, "content-length");
    String type = request.headers().get("content-type");
    return request.method().equals("PATCH")
        ? so(request, () -> append(request, announced, type, body))
        : said(uploads.take(token(request), announced, type, body));
  }

  private Reply append(
      HttpRequest request, long announced, @Nullable String type, InputStream body) {
    if (!PIECE_TYPE.equalsIgnoreCase(type)) {
      return Reply.error(415, "bad_request", "content-type: must be " + PIECE_TYPE);
    }
    long offset = number(request, OFFSET);
    if (offset < 0) {
      return Reply.error(400, "bad_request", "Upload-Offset: must be a number of bytes");
    }
    if (request.headers().containsKey(LENGTH) && number(request, LENGTH) < 0) {
      return Reply.error(400, "bad_request", "Upload-Length: must be a number of bytes");
    }
    return said(uploads.append(token(request), offset, number(request, LENGTH), announced, body));
  }

  /** Answers as tus says, unless another version of it is asked for. */
  private static Reply so(HttpRequest request, Supplier<Reply> answer) {
    String version = request.headers().getOrDefault("tus-resumable", TUS);
    Reply reply =
        version.equals(TUS)
            ? answer.get()
            : Reply.error(412, "unsupported_version", "Tus-Resumable: must be " + TUS)
                .with("tus-version", TUS);
    return reply.with("tus-resumable", TUS).with("cache-control", "no-store");
  }

  private Reply options() {
    return Reply.nothing()
        .with("tus-resumable", TUS)
        .with("tus-version", TUS)
        .with("tus-extension", "creation-defer-length,expiration,termination")
        .with("tus-max-size", Long.toString(uploads.bounds().mostBytes()));
  }

  private static Reply said(Uploads.Outcome outcome) {
    return switch (outcome) {
      case Uploads.Outcome.Stored(Media stored) ->
          new Reply(
              201,
              Map.of("content-type", "application/json"),
              stored.json().getBytes(StandardCharsets.UTF_8));
      case Uploads.Outcome.At(long offset, long length, long untilMillis) ->
          Reply.nothing()
              .with(OFFSET, Long.toString(offset))
              .with(
                  length < 0 ? "upload-defer-length" : LENGTH,
                  length < 0 ? "1" : Long.toString(length))
              .with(
                  "upload-expires",
                  HTTP_DATE.format(Instant.ofEpochMilli(Math.max(0, untilMillis))));
      case Uploads.Outcome.Refused(Uploads.Why why, String message) ->
          switch (why) {
            case UNKNOWN -> Reply.error(404, "not_found", message);
            case TOO_LARGE -> Reply.error(413, "too_large", message);
            case NOT_MEDIA -> Reply.error(415, "bad_request", message);
            case NO_ROOM -> Reply.error(507, "over_capacity", message);
            case BROKEN_OFF, WRONG_LENGTH -> Reply.error(400, "bad_request", message);
            case ELSEWHERE -> Reply.error(409, "conflict", message);
          };
    };
  }

  private static long number(HttpRequest request, String header) {
    String text = request.headers().getOrDefault(header, "");
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            media.list(who.userId(), rights.seesMedia(who)),
            one -> Paging.newestFirst(one.createdMillis(), one.id()),
            one -> one.id() + " " + one.deviceId() + " " + one.type().text() + " " + one.user())
        .reply("media", one -> new RawValue(one.json()));
  }

  private Media found(Map<String, String> path, Principal who) {
    Media found = media.find(path.getOrDefault("id", ""));
    if (found == null || !(found.user().equals(who.userId()) || rights.seesMedia(who))) {
      throw missing();
    }
    return found;
  }

  private static Refusal missing() {
    return new Refusal(404, "not_found", "no such media");
  }

  private Reply read(HttpRequest request, Map<String, String> path, Principal who) {
    Media found = found(path, who);
    ByteRange range = range(request, found);
    if (range != null && range.count() == 0) {
      return Reply.error(416, "bad_request", "range: there are only " + found.bytes() + " bytes")
          .with("content-range", range.told(found.bytes()))
          .with("accept-ranges", "bytes");
    }
    return Reply.later(() -> {
      try {
        return stream(found, range, media.read(found));
      } catch (IOException e) {
        if (media.find(found.id()) == null) {
          throw missing();
        }
        throw new UncheckedIOException(e);
      }
    });
  }

  /** What of it is asked for; null for all of it. */
  private static @Nullable ByteRange range(HttpRequest request, Media found) {
    String unless = request.headers().get("if-range");
    return unless == null || unless.equals(tag(found)) || unless.equals(date(found))
        ? ByteRange.of(request.headers().get("range"), found.bytes())
        : null;
  }

  /** What is stored under an id is never changed. */
  private static String tag(Media found) {
    return "\"" + found.id() + "\"";
  }

  private static String date(Media found) {
    return HTTP_DATE.format(Instant.ofEpochMilli(Math.max(0, found.createdMillis())));
  }

  private static Reply stream(Media found, @Nullable ByteRange range, InputStream opened) {
    ByteRange part = range == null ? new ByteRange(0, found.bytes()) : range;
    Map<String, String> headers = new HashMap<>();
    headers.put("content-length", Long.toString(part.count()));
    headers.put("content-type", found.type().text());
    headers.put(
        "content-disposition",
        "attachment; filename=\"" + found.id() + "." + found.type().suffix() + "\"");
    headers.put("content-security-policy", POLICY);
    headers.put("cache-control", "private, no-store");
    headers.put("accept-ranges", "bytes");
    headers.put("etag", tag(found));
    headers.put("last-modified", date(found));
    if (range != null) {
      headers.put("content-range", range.told(found.bytes()));
    }
    return Reply.stream(
        range == null ? 200 : 206, headers, (body, wake) -> copy(part, opened, body));
  }

  private static void copy(ByteRange part, InputStream opened, HttpBody body)
      throws IOException, InterruptedException {
    try (InputStream in = opened) {
      in.skipNBytes(part.first());
      Reply.send(in, part.count(), body);
    }
  }

  private Reply delete(Map<String, String> path, Principal who) {
    Media found = found(path, who);
    if (!found.user().equals(who.userId()) && !rights.commandsAll(who)) {
      return Reply.error(403, "forbidden", "it may only be viewed");
    }
    return Reply.later(() -> {
      devices.delete(found, who.userId());
      return Reply.nothing();
    });
  }
}
