package dev.holdfast.kinds.agent.model;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After} (RFC 9110, section 10.2.3). Stateless; any thread. */
final class RetryAfter {

  private static final long MOST_SECONDS = Duration.ofDays(1).toSeconds();

  private RetryAfter() {}

  /** In milliseconds from now; -1 where it says nothing that can be understood. */
  static long millis(@Nullable String header) {
    if (header == null) {
      return -1;
    }
    String text = header.strip();
    try {
      if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Math.min(Long.parseLong(text), MOST_SECONDS) * 1_000;
      }
      Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.clamp(Duration.between(Instant.now(), at).toMillis(), 0, MOST_SECONDS * 1_000);
    } catch (DateTimeParseException | NumberFormatException _) {
      return -1;
    }
  }
}
