package dev.holdfast.transport;

import java.util.Map;

/**
 * A whole HTTP request. Immutable but for the body, which nobody may change; any thread.
 *
 * @param method in upper case; HEAD comes as GET
 * @param path as it was sent, without the query; its escapes are well-formed
 * @param query decoded; the last value of a name that is given twice
 * @param headers by names in lower case; the last value of a name that is given twice
 * @param ip the client's address, as text
 */
public record HttpRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body,
    String ip) {

  /** Without query, headers and body, which may hold secrets. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
