package dev.holdfast.kinds.common;

import java.util.ArrayList;
import java.util.List;

/** What is closed at the end of something: connections, processes. Any thread. */
public final class AtEnd implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AtEnd.class.getName());

  private final List<AutoCloseable> resources = new ArrayList<>(1);
  private boolean over;

  /** Has something closed at the end: at once where that has come. */
  public void add(AutoCloseable resource) {
    synchronized (this) {
      if (!over) {
        resources.add(resource);
        return;
      }
    }
    close(resource);
  }

  /** The end has come; what fails to close holds up nothing else. */
  @Override
  public void close() {
    List<AutoCloseable> all;
    synchronized (this) {
      over = true;
      all = List.copyOf(resources);
      resources.clear();
    }
    all.forEach(AtEnd::close);
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "closing at the end", e);
    }
  }
}
