package dev.holdfast.server.device;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.device.Device;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Link;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Catalog;
import dev.holdfast.session.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The feeds of devices, for those who may see them, and those of links, for the devices themselves.
 * {@code device:ID} is one's own device, {@code device:USER/ID} that of any user. Any thread.
 */
public final class DeviceFeeds implements Catalog {

  private final Devices devices;
  private final DeviceRights rights;
  private final DeviceCommands commands;

  public DeviceFeeds(Devices devices, DeviceRights rights, DeviceCommands commands) {
    this.devices = devices;
    this.rights = rights;
    this.commands = commands;
  }

  @Override
  public Entry open(FeedId id, Caller by) {
    if (!id.kind().equals(Devices.LINK)) {
      return look(id, by.principal());
    }
    Link link = commands.link(by.sessionId(), id);
    return link == null || !link.read()
        ? Entry.UNKNOWN
        : new Entry.Granted(link.feed(), new Carrying(commands, by.sessionId(), link));
  }

  /** A device's reading of what it is given to do. */
  private record Carrying(DeviceCommands commands, String sessionId, Link link)
      implements Membership {

    @Override
    public void sent(long offset) {
      commands.sent(link, offset);
    }

    @Override
    public void leave(Position seen) {
      commands.left(sessionId, link);
    }
  }

  @Override
  public Entry look(FeedId id, Principal principal) {
    if (id.kind().equals(Devices.LINK)) {
      Link link = commands.link(id, principal);
      return link == null ? Entry.UNKNOWN : new Entry.Granted(link.feed(), Membership.UNCOUNTED);
    }
    Device device = find(id.name(), principal);
    return device == null ? Entry.UNKNOWN : new Entry.Granted(device.feed(), Membership.UNCOUNTED);
  }

  private @Nullable Device find(String name, Principal principal) {
    int slash = name.lastIndexOf('/');
    return rights.find(
        devices, name.substring(slash + 1), slash < 0 ? null : name.substring(0, slash), principal);
  }
}
