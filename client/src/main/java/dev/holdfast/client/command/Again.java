package dev.holdfast.client.command;

import dev.holdfast.client.Frame;
import dev.holdfast.client.Listener;
import org.jspecify.annotations.Nullable;

/** Has something said again whenever a client has come back. Any thread. */
final class Again implements Listener {

  private volatile @Nullable Runnable said;

  /** What is said from now on. */
  void say(Runnable what) {
    said = what;
  }

  @Override
  public void connected(Frame frame) {
    Runnable what = said;
    if (what != null) {
      what.run();
    }
  }
}
