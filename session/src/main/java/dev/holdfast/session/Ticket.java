package dev.holdfast.session;

import org.jspecify.annotations.Nullable;

/**
 * A place for one connection, from the door until the connection is closed. Any thread, but {@link
 * #verdict} and {@link #admit} on the connection's loop.
 */
public final class Ticket {

  private final Door door;
  private final Opening opening;
  private Authenticator.@Nullable Verdict verdict;
  private @Nullable String userId;
  private boolean released;

  Ticket(Door door, Opening opening) {
    this.door = door;
    this.opening = opening;
  }

  /** Gives the place back; a second time does nothing. */
  public void release() {
    String user;
    synchronized (this) {
      if (released) {
        return;
      }
      released = true;
      user = userId;
      userId = null;
    }
    door.leave(opening.ip(), user);
  }

  Opening opening() {
    return opening;
  }

  synchronized Authenticator.@Nullable Verdict verdict() {
    return verdict;
  }

  synchronized void verdict(Authenticator.Verdict found) {
    verdict = found;
  }

  /** Counts it as a connection of that user, and no longer of the one before; false if too many. */
  synchronized boolean admit(String newUserId) {
    if (newUserId.equals(userId)) {
      return true;
    }
    if (released || !door.enter(newUserId)) {
      return false;
    }
    if (userId != null) {
      door.leaveUser(userId);
    }
    userId = newUserId;
    return true;
  }
}
