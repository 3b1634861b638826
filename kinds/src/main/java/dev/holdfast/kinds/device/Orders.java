package dev.holdfast.kinds.device;

import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one device that have not ended, and what was delivered of them. Guarded by the
 * device.
 *
 * <p>A command ends once: whoever takes it from here ends it. It is delivered at most once: a link
 * that is replaced keeps what it carries until its reading has ended, for until then it may still
 * be sent.
 */
final class Orders {

  /** What one link carries at once: what it can't send it does not hold. */
  static final int WINDOW = 16;

  /** Deliveries that a device may name as its last. */
  private static final int REMEMBERED = 256;

  /** What a device says that got none yet. */
  private static final String NONE = "none";

  private final Map<String, PendingCommand> pending = new LinkedHashMap<>();
  private final LinkedHashMap<String, Long> deliveries = new LinkedHashMap<>();
  private long delivered;

  int size() {
    return pending.size();
  }

  /** Characters of their params. */
  int paramsLength() {
    return pending.values().stream().mapToInt(PendingCommand::paramsLength).sum();
  }

  void add(PendingCommand command) {
    pending.put(command.id, command);
  }

  /** Adds one that waited in a gateway before this one. */
  void restore(PendingCommand command, boolean handed) {
    add(command);
    command.kept = true;
    command.held = !handed;
    if (handed) {
      command.delivery = ++delivered;
      deliveries.put(command.id, command.delivery);
    }
  }

  /** Those that wait and no link may carry yet, or may. */
  List<PendingCommand> waiting(boolean held) {
    return pending.values().stream().filter(one -> one.waits() && one.held == held).toList();
  }

  /** A command that the device has been given; null for none. */
  @Nullable PendingCommand given(String commandId) {
    PendingCommand command = pending.get(commandId);
    return command == null || command.delivery == 0 ? null : command;
  }

  /** It has ended. */
  void remove(PendingCommand command) {
    pending.remove(command.id);
  }

  /** Takes those whose time is over; all, where there is no time. */
  List<PendingCommand> over(long nowMillis) {
    return take(command -> command.endsMillis() <= nowMillis);
  }

  /** Takes those that wait for a device that is there, and does not declare them. */
  List<PendingCommand> takeUndeclared(Set<String> capabilities) {
    return take(command -> command.waits() && !capabilities.contains(command.name));
  }

  private List<PendingCommand> take(Predicate<PendingCommand> which) {
    List<PendingCommand> taken = new ArrayList<>(0);
    Iterator<PendingCommand> all = pending.values().iterator();
    while (all.hasNext()) {
      PendingCommand command = all.next();
      if (which.test(command)) {
        all.remove();
        taken.add(command);
      }
    }
    return taken;
  }

  /**
   * Which one the device is held to have got last: the one that it says, or where that is not known
   * here the newest that it was given.
   */
  String last(@Nullable String lastCommandId) {
    if (lastCommandId != null
        && (lastCommandId.equals(NONE) || deliveries.containsKey(lastCommandId))) {
      return lastCommandId;
    }
    Map.Entry<String, Long> newest = deliveries.lastEntry();
    return newest == null ? NONE : newest.getKey();
  }

  /** What came after that one was lost on the way, and waits again. */
  void lostAfter(@Nullable String lastCommandId) {
    Long last = NONE.equals(lastCommandId) ? Long.valueOf(0) : deliveries.get(lastCommandId);
    if (last != null) {
      deliveries.values().removeIf(place -> place > last);
      for (PendingCommand command : pending.values()) {
        if (command.delivery > last) {
          command.delivery = 0;
          command.carrier = null;
        }
      }
    }
  }

  /** Has a link carry what waits, as much as it may at once. */
  void deliver(@Nullable Link by) {
    if (by == null || by.gone) {
      return;
    }
    Set<String> can = by.device.info().capabilities();
    for (PendingCommand command : pending.values()) {
      // What is held holds up what comes after it.
      if (by.carried.size() >= WINDOW || (command.waits() && command.held)) {
        return;
      }
      if (command.waits()
          && can.contains(command.name)
          && by.owner.append(Payload.of("command", command.order().bytes()))
              instanceof Owner.Appended.At(long offset)) {
        command.carrier = by;
        by.carried.add(new Link.Carried(offset, command));
      }
    }
  }

  /** A link has sent everything up to that offset; what was delivered by that. */
  List<PendingCommand> sent(Link by, long offset) {
    List<PendingCommand> now = new ArrayList<>(1);
    for (Link.Carried next = by.carried.peek();
        next != null && next.offset() <= offset;
        next = by.carried.peek()) {
      by.carried.remove();
      PendingCommand command = next.command();
      command.delivery = ++delivered;
      // As the newest, also where it was delivered before, and where it has ended meanwhile.
      deliveries.remove(command.id);
      deliveries.put(command.id, command.delivery);
      now.add(command);
    }
    Iterator<String> eldest = deliveries.keySet().iterator();
    while (deliveries.size() > REMEMBERED) {
      eldest.next();
      eldest.remove();
    }
    return now;
  }

  /** A link is not read any more: what it did not send waits again. */
  void left(Link gone) {
    gone.carried.forEach(next -> next.command().carrier = null);
    gone.carried.clear();
  }
}
