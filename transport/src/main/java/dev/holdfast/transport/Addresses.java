package dev.holdfast.transport;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells where a client really comes from. Immutable; any thread. */
final class Addresses {

  private final List<IpSubnetFilterRule> trusted;

  /**
   * @throws IllegalArgumentException when a range is not of the form {@code address/bits}
   */
  Addresses(List<String> ranges) {
    trusted = ranges.stream().map(Addresses::rule).toList();
  }

  private static IpSubnetFilterRule rule(String range) {
    int slash = range.indexOf('/');
    if (slash < 1) {
      throw new IllegalArgumentException("not address/bits: " + range);
    }
    return new IpSubnetFilterRule(
        range.substring(0, slash),
        Integer.parseInt(range.substring(slash + 1)),
        IpFilterRuleType.ACCEPT);
  }

  /** The peer, or what a trusted peer says it forwards for: the last address in its list. */
  String of(InetSocketAddress peer, @Nullable String forwardedFor) {
    if (forwardedFor != null && trusted.stream().anyMatch(rule -> rule.matches(peer))) {
      String last = forwardedFor.substring(forwardedFor.lastIndexOf(',') + 1).strip();
      if (!last.isEmpty() && last.length() <= 45) {
        return last;
      }
    }
    return peer.getAddress().getHostAddress();
  }
}
