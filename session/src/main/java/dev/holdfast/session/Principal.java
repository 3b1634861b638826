package dev.holdfast.session;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a client is and what it may do, as the server's record or a signed token says. Immutable; any
 * thread.
 *
 * @param userId at least one character, valid as the name of a feed
 * @param channels patterns of the channels it may subscribe to, {@code *} for any run of characters
 * @param publish patterns of the channels it may publish to
 * @param tokenId the token's own id, by which it can be revoked
 * @param expiresAt when its right to be connected ends; null for never
 * @param device the one device that it may be, and nothing else; null for a person or a program
 */
public record Principal(
    String userId,
    Set<String> teams,
    @Nullable String workspace,
    List<String> channels,
    List<String> publish,
    Set<String> roles,
    @Nullable String tokenId,
    @Nullable Instant expiresAt,
    @Nullable String device) {

  /** The role that may do everything. */
  public static final String ADMIN = "admin";

  public Principal {
    teams = Set.copyOf(teams);
    channels = List.copyOf(channels);
    publish = List.copyOf(publish);
    roles = Set.copyOf(roles);
  }

  /** One that is no device. */
  public Principal(
      String userId,
      Set<String> teams,
      @Nullable String workspace,
      List<String> channels,
      List<String> publish,
      Set<String> roles,
      @Nullable String tokenId,
      @Nullable Instant expiresAt) {
    this(userId, teams, workspace, channels, publish, roles, tokenId, expiresAt, null);
  }

  /** Whether it is the same user as another, or the same device of the same user. */
  public boolean same(Principal other) {
    return userId.equals(other.userId) && Objects.equals(device, other.device);
  }

  public boolean admin() {
    return roles.contains(ADMIN);
  }

  /** The same rights for another user. */
  public Principal as(String otherUserId) {
    return new Principal(
        otherUserId, teams, workspace, channels, publish, roles, tokenId, expiresAt, device);
  }
}
