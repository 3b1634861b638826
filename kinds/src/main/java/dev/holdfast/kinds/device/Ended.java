package dev.holdfast.kinds.device;

/** A command that has ended, of which who asked is to be told, without any lock. */
record Ended(PendingCommand command, DeviceResult result) {

  void tell() {
    command.told.accept(result);
  }
}
