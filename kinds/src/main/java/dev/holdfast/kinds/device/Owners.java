package dev.holdfast.kinds.device;

/** Tells users of their devices. Any thread; must not block. */
@FunctionalInterface
public interface Owners {

  /**
   * @param event its type, with a colon in it
   * @param json what it says: one object
   */
  void tell(String user, String event, String json);
}
