package dev.holdfast.kinds.device;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an upload is, told by its first bytes and never by what is claimed. Any thread. */
public enum MediaType {
  JPEG("image/jpeg", "jpg", Set.of("image/jpg")),
  PNG("image/png", "png", Set.of()),
  GIF("image/gif", "gif", Set.of()),
  WEBP("image/webp", "webp", Set.of()),
  WEBM("video/webm", "webm", Set.of("audio/webm", "video/x-matroska", "audio/x-matroska")),
  MP4("video/mp4", "mp4", Set.of("audio/mp4", "video/quicktime")),
  OGG("video/ogg", "ogg", Set.of("audio/ogg", "application/ogg"));

  /** As many bytes as are needed to tell. */
  static final int HEAD_BYTES = 12;

  /** Brands of pictures in the container of MP4. */
  private static final Set<String> STILLS =
      Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis");

  private final String text;
  private final String suffix;

  @SuppressWarnings("ImmutableEnumChecker") // all of them are of Set.of
  private final Set<String> aliases;

  MediaType(String text, String suffix, Set<String> aliases) {
    this.text = text;
    this.suffix = suffix;
    this.aliases = aliases;
  }

  /** As HTTP names it. */
  public String text() {
    return text;
  }

  /** What files of this type end with, without the dot. */
  public String suffix() {
    return suffix;
  }

  /** Whether it is a picture. */
  public boolean picture() {
    return text.startsWith("image/");
  }

  /** Whether a claim is no lie: none, or one that says nothing, is none either. */
  boolean fits(@Nullable String claim) {
    if (claim == null || claim.isBlank()) {
      return true;
    }
    String base = claim.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return base.equals("application/octet-stream") || base.equals(text) || aliases.contains(base);
  }

  /** The type of what begins so; null for none that is taken. */
  static @Nullable MediaType of(byte[] head) {
    if (begins(head, 0, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    if (begins(head, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
      return PNG;
    }
    if (says(head, 0, "GIF87a") || says(head, 0, "GIF89a")) {
      return GIF;
    }
    if (says(head, 0, "RIFF") && says(head, 8, "WEBP")) {
      return WEBP;
    }
    if (begins(head, 0, 0x1a, 0x45, 0xdf, 0xa3)) {
      return WEBM;
    }
    if (says(head, 4, "ftyp")) {
      return STILLS.stream().anyMatch(brand -> says(head, 8, brand)) ? null : MP4;
    }
    return says(head, 0, "OggS") ? OGG : null;
  }

  private static boolean says(byte[] head, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return head.length >= at + bytes.length
        && Arrays.equals(head, at, at + bytes.length, bytes, 0, bytes.length);
  }

  private static boolean begins(byte[] head, int at, int... bytes) {
    if (head.length < at + bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[at + i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }
}
