package dev.holdfast.transport;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
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

  /**
   * The last address on the way here that is no trusted proxy's: whatever is before it is hearsay.
   */
  String of(InetSocketAddress peer, List<String> forwardedFor) {
    InetAddress at = peer.getAddress();
    String[] hops = String.join(",", forwardedFor).split(",");
    for (int i = hops.length - 1; i >= 0 && isTrusted(at); i--) {
      InetAddress before = parse(hops[i].strip());
      if (before == null) {
        break;
      }
      at = before;
    }
    return NetUtil.toAddressString(at, true);
  }

  private boolean isTrusted(InetAddress address) {
    InetSocketAddress socket = new InetSocketAddress(address, 0);
    return trusted.stream().anyMatch(range -> range.matches(socket));
  }

  private static @Nullable InetAddress parse(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
