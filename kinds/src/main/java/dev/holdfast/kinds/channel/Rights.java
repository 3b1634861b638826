package dev.holdfast.kinds.channel;

import dev.holdfast.kinds.channel.Namespace.Access;
import java.util.Comparator;
import java.util.List;

/** Who may read and publish where. Immutable; any thread. */
final class Rights {

  static final String USER = "user:";
  static final String TEAM = "team:";
  static final String WORKSPACE = "workspace:";

  /** What begins so is the gateway's own. */
  static final String INTERNAL = "$";

  private final List<Namespace> namespaces;

  Rights(List<Namespace> namespaces) {
    this.namespaces =
        namespaces.stream()
            .sorted(Comparator.comparingInt((Namespace n) -> n.pattern().length()).reversed())
            .toList();
  }

  Namespace namespace(String channel) {
    for (Namespace namespace : namespaces) {
      if (Pattern.matches(namespace.pattern(), channel)) {
        return namespace;
      }
    }
    throw new IllegalStateException("no namespace for " + channel);
  }

  boolean mayRead(Subject who, String channel) {
    if (channel.startsWith(INTERNAL)) {
      return false;
    }
    return who.admin()
        || belongs(who, channel)
        || (!reserved(channel) && may(namespace(channel).subscribe(), who.channels(), channel));
  }

  /**
   * Whether somebody may be in a channel: in a user's own nobody else is, administrators included.
   */
  boolean mayJoin(Subject who, String channel) {
    return mayRead(who, channel) && (!channel.startsWith(USER) || belongs(who, channel));
  }

  boolean mayPublish(Subject who, String channel) {
    if (channel.startsWith(INTERNAL)) {
      return false;
    }
    return who.admin()
        || (belongs(who, channel) && !channel.startsWith(USER))
        || (!reserved(channel) && may(namespace(channel).publish(), who.publish(), channel));
  }

  private static boolean reserved(String channel) {
    return channel.startsWith(USER) || channel.startsWith(TEAM) || channel.startsWith(WORKSPACE);
  }

  private static boolean belongs(Subject who, String channel) {
    return (channel.startsWith(USER) && channel.substring(USER.length()).equals(who.userId()))
        || (channel.startsWith(TEAM) && who.teams().contains(channel.substring(TEAM.length())))
        || (channel.startsWith(WORKSPACE)
            && channel.substring(WORKSPACE.length()).equals(who.workspace()));
  }

  private static boolean may(Access access, List<String> patterns, String channel) {
    return switch (access) {
      case EVERYONE -> true;
      case CLAIM -> patterns.stream().anyMatch(p -> Pattern.matches(p, channel));
      case ADMIN -> false;
    };
  }
}
