package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Database;
import dev.holdfast.kinds.common.Ids;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.device.DeviceOutcome.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The devices that users have let in, each with a token of its own, of which the hash is kept: in a
 * database of SQLite where there is a folder for it, else in memory. A user asks for a code, which
 * lets one device in, once and soon. Any thread; what changes something waits for the disk.
 */
public final class Pairings implements AutoCloseable {

  /** What the tokens of devices begin with. */
  public static final String PREFIX = "hfd_";

  /** How long a code is good. */
  public static final Duration CODE_AGE = Duration.ofMinutes(5);

  /** Without those that look alike: 32 of them, 5 bits each. */
  private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private static final int LETTER_BITS = 5;
  private static final int CODE_LENGTH = 8;
  private static final int TOKEN_LONGS = 4;
  private static final int NAME_LENGTH = 200;

  /** Codes that one user may have at once. */
  private static final int CODES_PER_USER = 5;

  /** Wrong codes a minute, from one address and from all. */
  private static final int GUESSES = 10;

  private static final int ALL_GUESSES = 1_000;
  private static final long MINUTE_MILLIS = 60_000;

  private final InstantSource clock;
  private final LongSupplier random;
  private final Owners owners;
  private final Consumer<Pairing> ended;
  private final int mostPerUser;
  private final Database database;
  private final ConcurrentMap<String, Pairing> byToken = new ConcurrentHashMap<>();
  private final Map<String, Code> codes = new LinkedHashMap<>();
  private final Map<String, Integer> guesses = new HashMap<>();
  private int allGuesses;
  private long guessedMillis;

  /**
   * A code that lets one device in.
   *
   * @param expiresMillis in milliseconds since 1970 UTC
   */
  public record Code(String code, String user, long expiresMillis) {}

  /** What came of showing a code. */
  public sealed interface Redeemed {

    /** The device is let in, with that token, which is told this once. */
    record Paired(Pairing pairing, String token) implements Redeemed {}

    /** It is not. */
    record Refused(Why why, String message) implements Redeemed {}
  }

  /**
   * @param random gives unpredictable numbers: codes and tokens are made of them
   * @param ended is told of each pairing that was taken back
   * @param mostPerUser pairings of one user at once
   * @param file where they are kept; null for nowhere
   * @throws IOException when they can't be kept there
   */
  public Pairings(
      @Nullable Path file,
      InstantSource clock,
      LongSupplier random,
      Owners owners,
      Consumer<Pairing> ended,
      int mostPerUser)
      throws IOException {
    this.clock = clock;
    this.random = random;
    this.owners = owners;
    this.ended = ended;
    this.mostPerUser = mostPerUser;
    database =
        new Database(
            "pairings",
            file,
            """
            CREATE TABLE IF NOT EXISTS pairing (
              id TEXT PRIMARY KEY, token TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL,
              name TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE (user, device)) STRICT\
            """);
    database.read(
        "SELECT id, token, user, device, name, created FROM pairing",
        row ->
            byToken.put(
                row.getString("token"),
                new Pairing(
                    row.getString("id"),
                    row.getString("user"),
                    row.getString("device"),
                    row.getString("name"),
                    row.getLong("created"))));
  }

  /** A code for a device of that user; the oldest is void where there are too many. */
  public synchronized Code code(String user) {
    long now = clock.millis();
    codes.values().removeIf(code -> code.expiresMillis() <= now);
    List<Code> mine = codes.values().stream().filter(code -> code.user().equals(user)).toList();
    if (mine.size() >= CODES_PER_USER) {
      codes.remove(mine.getFirst().code());
    }
    StringBuilder text = new StringBuilder();
    long bits = random.getAsLong();
    for (int i = 0; i < CODE_LENGTH; i++) {
      text.append(LETTERS.charAt((int) (bits >>> (LETTER_BITS * i)) & (LETTERS.length() - 1)));
    }
    Code code = new Code(text.toString(), user, now + CODE_AGE.toMillis());
    codes.put(code.code(), code);
    return code;
  }

  /**
   * Lets a device in; what that user's device of the same id had before is taken back.
   *
   * @param given as a person typed it
   * @param ip who shows it
   */
  public Redeemed redeem(String given, String deviceId, @Nullable String name, String ip) {
    if (!DeviceInfo.validId(deviceId)) {
      return new Redeemed.Refused(Why.BAD_REQUEST, DeviceInfo.ID_RULE);
    }
    if (name != null && name.length() > NAME_LENGTH) {
      return new Redeemed.Refused(
          Why.BAD_REQUEST, "name: must be at most " + NAME_LENGTH + " characters");
    }
    Pairing before;
    Pairing pairing;
    String token;
    synchronized (this) {
      if (!mayGuess(ip)) {
        return new Redeemed.Refused(Why.RATE_LIMITED, "too many wrong codes: wait a minute");
      }
      Code code = taken(given);
      if (code == null) {
        allGuesses++;
        guesses.merge(ip, 1, Integer::sum);
        return new Redeemed.Refused(Why.NOT_FOUND, "code: is not good, or not any more");
      }
      if (others(code.user(), deviceId) >= mostPerUser) {
        return new Redeemed.Refused(
            Why.OVER_CAPACITY,
            "a user may let in no more than " + mostPerUser + " devices at once");
      }
      before = remove(code.user(), deviceId);
      token = newToken();
      pairing =
          new Pairing(
              "p" + Ids.of(random, 1),
              code.user(),
              deviceId,
              name == null ? "" : name,
              clock.millis());
      keep(pairing, hash(token));
    }
    over(before);
    tell(pairing, "paired");
    return new Redeemed.Paired(pairing, token);
  }

  /** What that user has let in besides that device. */
  private long others(String user, String deviceId) {
    return list(user, false).filter(one -> !one.deviceId().equals(deviceId)).count();
  }

  private boolean mayGuess(String ip) {
    long now = clock.millis();
    if (now - guessedMillis >= MINUTE_MILLIS) {
      guessedMillis = now;
      guesses.clear();
      allGuesses = 0;
    }
    return allGuesses < ALL_GUESSES && guesses.getOrDefault(ip, 0) < GUESSES;
  }

  /** The code that was meant, which is void from now on; null for none. */
  private @Nullable Code taken(String given) {
    Code code = codes.remove(given.toUpperCase(Locale.ROOT).replaceAll("[\\s-]", ""));
    return code == null || code.expiresMillis() <= clock.millis() ? null : code;
  }

  private String newToken() {
    java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(TOKEN_LONGS * Long.BYTES);
    for (int i = 0; i < TOKEN_LONGS; i++) {
      bytes.putLong(random.getAsLong());
    }
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private static String hash(String token) {
    try {
      byte[] sha256 =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The pairing of a token; null for none. */
  public @Nullable Pairing byToken(String token) {
    return byToken.get(hash(token));
  }

  /** The pairings of a user, or all, in no order. */
  public Stream<Pairing> list(String user, boolean all) {
    return byToken.values().stream().filter(pairing -> all || pairing.user().equals(user));
  }

  /** Takes one back: its token is worth nothing from now on. */
  public void revoke(Pairing pairing) {
    Pairing before;
    synchronized (this) {
      before = remove(pairing.user(), pairing.deviceId());
    }
    over(before);
  }

  /** Takes back what a device had, if it had something. */
  public void revoke(String user, String deviceId) {
    revoke(new Pairing("", user, deviceId, "", 0));
  }

  private @Nullable Pairing remove(String user, String deviceId) {
    for (Map.Entry<String, Pairing> entry : byToken.entrySet()) {
      Pairing pairing = entry.getValue();
      if (pairing.user().equals(user) && pairing.deviceId().equals(deviceId)) {
        database.run("DELETE FROM pairing WHERE id = ?", pairing.id());
        byToken.remove(entry.getKey());
        return pairing;
      }
    }
    return null;
  }

  private void over(@Nullable Pairing pairing) {
    if (pairing != null) {
      tell(pairing, "unpaired");
      ended.accept(pairing);
    }
  }

  private void tell(Pairing pairing, String action) {
    owners.tell(
        pairing.user(),
        "device:audit:log",
        new Members().text("device_id", pairing.deviceId()).text("action", action).object());
  }

  private void keep(Pairing pairing, String hash) {
    database.run(
        "INSERT INTO pairing (id, token, user, device, name, created) VALUES (?, ?, ?, ?, ?, ?)",
        pairing.id(),
        hash,
        pairing.user(),
        pairing.deviceId(),
        pairing.name(),
        pairing.createdMillis());
    byToken.put(hash, pairing);
  }

  @Override
  public void close() {
    database.close();
  }
}
