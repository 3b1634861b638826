package dev.holdfast.kinds.terminal;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done, which has a terminal while it is. Immutable; any thread.
 *
 * @param id 24 hexadecimal digits
 * @param user whose it is
 * @param command the program and its arguments; null for the shell
 * @param folder where it works; null for where terminals work
 */
public record Milestone(
    String id,
    String user,
    String name,
    Status status,
    @Nullable List<String> command,
    @Nullable String folder) {

  /** How far it is. */
  public enum Status {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As clients name it. */
    public String text() {
      return text;
    }

    /** Whether nothing is done for it any more. */
    public boolean finished() {
      return this == COMPLETED || this == FAILED;
    }

    /** The one of that name; null for none. */
    public static @Nullable Status named(String text) {
      for (Status status : values()) {
        if (status.text.equals(text)) {
          return status;
        }
      }
      return null;
    }
  }

  public Milestone {
    command = command == null ? null : List.copyOf(command);
  }

  /** Whether a text may be the id of one. */
  public static boolean validId(String text) {
    return text.matches("[0-9a-f]{24}");
  }

  /** The same, that far. */
  public Milestone with(Status now) {
    return new Milestone(id, user, name, now, command, folder);
  }
}
