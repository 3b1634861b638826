package dev.holdfast.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What has passed through a listener since its start, for metrics. Any thread. */
public final class Traffic {

  /** Why a socket or a handshake was refused. */
  public enum Refusal {
    /** Too many sockets. */
    SOCKETS,
    /** No endpoint of that path. */
    PATH,
    /** Not a handshake as the standard has it. */
    MALFORMED,
    /** A page that may not connect. */
    ORIGIN,
    /** The gateway has no room, or the client comes too often. */
    GATEWAY
  }

  private final LongAdder accepted = new LongAdder();
  private final LongAdder upgraded = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final Map<Refusal, LongAdder> refusals = new ConcurrentHashMap<>();

  Traffic() {}

  /** Sockets accepted, refused ones included. */
  public long accepted() {
    return accepted.sum();
  }

  /** Handshakes that succeeded. */
  public long upgraded() {
    return upgraded.sum();
  }

  /** Plain HTTP requests handled. */
  public long requests() {
    return requests.sum();
  }

  /** Payload bytes of the messages received. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Bytes of the frames sent, before compression and TLS. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  /** How many were refused, by reason; reasons that never occurred are left out. */
  public Map<Refusal, Long> refusals() {
    ToLongFunction<Map.Entry<Refusal, LongAdder>> sum = entry -> entry.getValue().sum();
    return refusals.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, sum::applyAsLong));
  }

  void accept() {
    accepted.increment();
  }

  void upgrade() {
    upgraded.increment();
  }

  void request() {
    requests.increment();
  }

  void in(int bytes) {
    bytesIn.add(bytes);
  }

  void out(int bytes) {
    bytesOut.add(bytes);
  }

  void refuse(Refusal why) {
    refusals.computeIfAbsent(why, first -> new LongAdder()).increment();
  }
}
