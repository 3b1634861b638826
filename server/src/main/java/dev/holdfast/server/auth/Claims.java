package dev.holdfast.server.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.holdfast.feed.FeedId;
import dev.holdfast.session.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads who a token speaks for. Any thread. */
final class Claims {

  private static final int MOST = 1_000;

  private Claims() {}

  /**
   * The principal of a token; its rights end when the token does, and the skew after that.
   *
   * @param roles the claim that lists roles: by its name, else by the names that its dots divide
   * @throws IllegalArgumentException when there is no subject or a claim is of the wrong type
   */
  static Principal principal(JWTClaimsSet claims, String roles, Duration skew) {
    Date expires = claims.getExpirationTime();
    if (expires == null) {
      throw new IllegalArgumentException("exp is missing");
    }
    return new Principal(
        subject(claims),
        Set.copyOf(named(claims, "teams", "team:")),
        workspace(claims),
        texts(claims, "channels"),
        texts(claims, "publish"),
        Set.copyOf(texts(roles, within(claims, roles))),
        claims.getJWTID(),
        expires.toInstant().plus(skew));
  }

  private static String subject(JWTClaimsSet claims) {
    for (String name : List.of("sub", "user_id", "id")) {
      Object value = claims.getClaim(name);
      if (value != null) {
        return nameOf(name, subjectText(name, value), "user:");
      }
    }
    throw new IllegalArgumentException("no sub, user_id or id");
  }

  private static String subjectText(String name, Object value) {
    return switch (value) {
      case String text -> text;
      case Integer number -> number.toString();
      case Long number -> number.toString();
      default -> throw new IllegalArgumentException(name + " is no string and no whole number");
    };
  }

  private static @Nullable String workspace(JWTClaimsSet claims) {
    return switch (claims.getClaim("workspace")) {
      case null -> null;
      case String text -> nameOf("workspace", text, "workspace:");
      default -> throw new IllegalArgumentException("workspace is no string");
    };
  }

  private static List<String> named(JWTClaimsSet claims, String claim, String prefix) {
    List<String> names = texts(claims, claim);
    names.forEach(name -> nameOf(claim, name, prefix));
    return names;
  }

  /** What becomes part of a channel's name must be valid there. */
  private static String nameOf(String claim, String name, String prefix) {
    if (name.isEmpty() || !FeedId.validName(prefix + name)) {
      throw new IllegalArgumentException(claim + " can't be part of a channel's name");
    }
    return name;
  }

  private static @Nullable Object within(JWTClaimsSet claims, String path) {
    Object whole = claims.getClaim(path);
    if (whole != null) {
      return whole;
    }
    Object value = claims.getClaims();
    for (String name : path.split("\\.", -1)) {
      if (value == null) {
        return null;
      }
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(path + " leads through something that is no object");
      }
      value = map.get(name);
    }
    return value;
  }

  private static List<String> texts(JWTClaimsSet claims, String name) {
    return texts(name, claims.getClaim(name));
  }

  private static List<String> texts(String name, @Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > MOST) {
      throw new IllegalArgumentException(name + " is no list, or too long a one");
    }
    List<String> texts = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof String text)) {
        throw new IllegalArgumentException(name + " holds something else than strings");
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }
}
