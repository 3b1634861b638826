package dev.holdfast.feed;

import java.util.Optional;

/**
 * The name of a feed: a kind and a name within that kind, written {@code kind:name}.
 *
 * <p>The kind is 1 to 16 lower-case ASCII letters; the name is 1 to 200 characters without control
 * characters or white space. Immutable; any thread.
 */
public record FeedId(String kind, String name) {

  /** The greatest length of a name, in characters. */
  public static final int NAME_LENGTH = 200;

  private static final int KIND_LENGTH = 16;

  /**
   * @throws IllegalArgumentException when the kind or the name is not of the form above
   */
  public FeedId {
    if (!validKind(kind)) {
      throw new IllegalArgumentException("not a kind: '" + kind + "'");
    }
    if (!validName(name)) {
      throw new IllegalArgumentException("not a feed name: '" + name + "'");
    }
  }

  /** Reads {@code kind:name}; empty when the text is not of that form. */
  public static Optional<FeedId> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      return Optional.empty();
    }
    String kind = text.substring(0, colon);
    String name = text.substring(colon + 1);
    return validKind(kind) && validName(name)
        ? Optional.of(new FeedId(kind, name))
        : Optional.empty();
  }

  /** Whether a text may be the name of a feed. */
  public static boolean validName(String name) {
    if (name.isEmpty() || name.length() > NAME_LENGTH) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c) || Character.isWhitespace(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean validKind(String kind) {
    if (kind.isEmpty() || kind.length() > KIND_LENGTH) {
      return false;
    }
    for (int i = 0; i < kind.length(); i++) {
      if (kind.charAt(i) < 'a' || kind.charAt(i) > 'z') {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return kind + ":" + name;
  }
}
