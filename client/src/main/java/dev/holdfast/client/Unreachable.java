package dev.holdfast.client;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Why nothing can be said to a gateway, in one line for people. Any thread. */
public final class Unreachable {

  private Unreachable() {}

  /** What came of connecting to that place. */
  public static String why(URI uri, Throwable failure) {
    String place = uri.getAuthority();
    return switch (failure) {
      case ConnectException none when unresolved(none) -> "there is no host " + uri.getHost();
      case ConnectException _ -> "nobody listens at " + place;
      case HttpTimeoutException _ -> place + " does not answer in time";
      case SSLException tls -> "no TLS with " + place + ": " + tls.getMessage();
      default ->
          "no connection to "
              + place
              + ": "
              + (failure.getMessage() == null ? failure.toString() : failure.getMessage());
    };
  }

  private static boolean unresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}
