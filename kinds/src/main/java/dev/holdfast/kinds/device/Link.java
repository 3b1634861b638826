package dev.holdfast.kinds.device;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.kinds.common.Bucket;
import dev.holdfast.kinds.device.Line.Why;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A device that is there: one registration by one connection, with a feed of its own on which it is
 * given commands. All but the finals is guarded by its device.
 */
public final class Link {

  /**
   * A device must not crowd out what its user's channel keeps: of so many frames it is told one.
   */
  private static final int TOLD_PART = 10;

  final Device device;
  final Owner owner;
  final Line line;
  final Bucket rate;

  /** What its user's channel is told of that nobody has asked the device for. */
  final Bucket told;

  private final AtomicBoolean read = new AtomicBoolean();
  long heardMillis;
  long probedMillis;
  Why why = Why.DISCONNECTED;
  boolean gone;

  /** What it was given to carry and has not sent, in order. */
  final ArrayDeque<Carried> carried = new ArrayDeque<>(1);

  /** A command in its feed. */
  record Carried(long offset, PendingCommand command) {}

  /** Whether the device has said what it got last, and so reads no other connection any more. */
  boolean exact;

  /** Which command the device was held to have got last when it registered. */
  String lastCommandId = "";

  Link(Device device, Owner owner, Line line, int framesPerSecond, long nowMillis) {
    this.device = device;
    this.owner = owner;
    this.line = line;
    this.rate = new Bucket(framesPerSecond);
    this.told = new Bucket(framesPerSecond == 0 ? 0 : Math.max(1, framesPerSecond / TOLD_PART));
    this.heardMillis = nowMillis;
  }

  /** The feed on which the device is given commands. */
  public Feed feed() {
    return owner.feed();
  }

  public Device device() {
    return device;
  }

  /** Its id, by which users are told of it. */
  public String id() {
    return owner.feed().id().name();
  }

  /** Which command the device was held to have got last when it registered; or {@code none}. */
  public String lastCommandId() {
    synchronized (device) {
      return lastCommandId;
    }
  }

  /** Whether nobody reads its feed yet; somebody does from now on. */
  public boolean read() {
    return read.compareAndSet(false, true);
  }

  void hangUp(Why reason) {
    if (why == Why.DISCONNECTED && !gone) {
      why = reason;
      line.hangUp(this, reason);
    }
  }
}
