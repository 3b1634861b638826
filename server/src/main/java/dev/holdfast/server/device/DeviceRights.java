package dev.holdfast.server.device;

import dev.holdfast.kinds.device.Device;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.session.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may do what with devices. Immutable; any thread. */
public final class DeviceRights {

  /** The role that sees the devices of all users. */
  public static final String VIEW = "device:view";

  /** The role that gives any command to the devices of all users, and makes them unknown. */
  public static final String COMMAND = "device:command";

  /** Why a device's own token is refused. */
  public static final String DEVICE_ONLY = "the token of a device is for being that device";

  /** Before the name of a command: the role that gives that command to the devices of all users. */
  private static final String ONE = "device:";

  private final Set<String> restricted;

  /**
   * @param restricted commands that need their role on one's own devices too
   */
  public DeviceRights(Set<String> restricted) {
    this.restricted = Set.copyOf(restricted);
  }

  /** Whether somebody sees every device. */
  public boolean seesAll(Principal who) {
    return who.admin() || who.roles().stream().anyMatch(role -> role.startsWith(ONE));
  }

  /** Whether somebody sees what every device has uploaded. */
  public boolean seesMedia(Principal who) {
    return commandsAll(who) || who.roles().contains(VIEW);
  }

  /** Whether somebody may do everything with every device. */
  public boolean commandsAll(Principal who) {
    return who.admin() || who.roles().contains(COMMAND);
  }

  /** Whether somebody may give that command to a device that it sees. */
  public boolean mayCommand(Device device, String command, Principal who) {
    boolean named = !(ONE + command).equals(VIEW) && who.roles().contains(ONE + command);
    return commandsAll(who)
        || named
        || (device.user().equals(who.userId()) && !restricted.contains(command));
  }

  /** Whether somebody may make a device unknown that it sees. */
  public boolean mayForget(Device device, Principal who) {
    return commandsAll(who) || device.user().equals(who.userId());
  }

  /**
   * The device of that id, for those who may see it; null for others, as if there were none.
   *
   * @param user whose it is; null for one's own
   */
  public @Nullable Device find(
      Devices devices, String deviceId, @Nullable String user, Principal who) {
    String owner = user == null ? who.userId() : user;
    return owner.equals(who.userId()) || seesAll(who) ? devices.find(owner, deviceId) : null;
  }
}
