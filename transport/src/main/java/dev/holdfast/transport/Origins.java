package dev.holdfast.transport;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which pages may connect. A browser says by which page it was asked; the page must come from this
 * very host, or from one that is allowed by exact match. Immutable; any thread.
 *
 * <p>A server on a loopback address asks for a loopback name besides: another site's name that was
 * made to lead here would match itself.
 */
final class Origins {

  private final Set<String> allowed;
  private final boolean all;
  private final boolean loopback;
  private final String scheme;

  Origins(List<String> allowed, boolean tls, InetSocketAddress bind) {
    this.allowed = new HashSet<>(allowed.stream().map(Origins::plain).toList());
    this.all = allowed.contains("*");
    this.loopback = bind.getAddress() != null && bind.getAddress().isLoopbackAddress();
    this.scheme = tls ? "https://" : "http://";
  }

  /** Whether a request with these Origin and Host headers may pass; one without Origin may. */
  boolean allow(List<String> origins, List<String> hosts) {
    if (origins.isEmpty() || all) {
      return true;
    }
    if (origins.size() > 1 || hosts.size() != 1) {
      return false;
    }
    String page = plain(origins.getFirst());
    String host = hosts.getFirst();
    return allowed.contains(page)
        || (page.equals(plain(scheme + host)) && (!loopback || isLoopback(host)));
  }

  private static boolean isLoopback(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    if (name.equalsIgnoreCase("localhost")) {
      return true;
    }
    byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
    try {
      return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The same origin in lower case, without the port that goes without saying. */
  private static String plain(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    String port = lower.startsWith("https://") ? ":443" : ":80";
    return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
  }
}
