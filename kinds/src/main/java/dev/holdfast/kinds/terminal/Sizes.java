package dev.holdfast.kinds.terminal;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How large a terminal is and was, and whose wish decides that. Any thread. */
final class Sizes {

  /** Has the terminal resized soon. */
  interface Resizing {

    /**
     * @param to is asked on the thread of all terminals; null for as it is
     */
    void soon(Supplier<@Nullable Size> to, String by);
  }

  private final SizePolicy policy;
  private final List<Viewer> viewers;
  private final Resizing resizing;
  private Size size;

  /** How large it was before it was resized, by the event that tells so. */
  private final NavigableMap<Long, Size> before = new TreeMap<>();

  Sizes(SizePolicy policy, List<Viewer> viewers, Size size, Resizing resizing) {
    this.policy = policy;
    this.viewers = viewers;
    this.size = size;
    this.resizing = resizing;
  }

  synchronized Size now() {
    return size;
  }

  /** How large it was after that event of its feed. */
  synchronized Size after(long offset) {
    Map.Entry<Long, Size> next = before.higherEntry(offset);
    return next == null ? size : next.getValue();
  }

  /**
   * It is as large as that from now on.
   *
   * @param offset of the event that tells so
   * @param head the offset of the last event that is not retained any more
   */
  synchronized void becomes(Size to, long offset, long head) {
    before.headMap(head, true).clear();
    before.put(offset, size);
    size = to;
  }

  /**
   * Somebody asks for another size.
   *
   * @param viewer who asks; null for who does not watch
   */
  void asked(Size to, String by, @Nullable Viewer viewer) {
    if (viewer != null) {
      viewer.size(to);
      if (viewer.viewOnly() || !viewer.visible()) {
        return;
      }
    }
    if (policy == SizePolicy.SMALLEST) {
      fit(by);
    } else if (policy == SizePolicy.LATEST || viewers.size() < 2) {
      resizing.soon(() -> to, by);
    }
  }

  /** A viewer types. */
  void typed(Viewer by) {
    Size wish = policy == SizePolicy.TYPIST ? by.size() : null;
    if (wish != null && !wish.equals(now())) {
      resizing.soon(() -> wish, by.user());
    }
  }

  /** A viewer is shown now, or hidden. */
  void shown(Viewer viewer) {
    Size wish = viewer.size();
    if (policy == SizePolicy.SMALLEST) {
      fit(viewer.user());
    } else if (viewer.visible() && wish != null && !viewer.viewOnly()) {
      asked(wish, viewer.user(), viewer);
    }
  }

  /** A viewer is gone. */
  void left(Viewer viewer) {
    if (policy == SizePolicy.SMALLEST) {
      fit(viewer.user());
    }
  }

  /**
   * Makes it as large as the smallest viewer that counts. Which that is, is looked up by one thread
   * alone: of two viewers that ask at the same time each might miss what the other wants.
   */
  private void fit(String by) {
    resizing.soon(this::smallest, by);
  }

  private @Nullable Size smallest() {
    return viewers.stream()
        .filter(viewer -> viewer.visible() && !viewer.viewOnly())
        .map(Viewer::size)
        .filter(Objects::nonNull)
        .reduce((one, other) ->
            new Size(Math.min(one.rows(), other.rows()), Math.min(one.cols(), other.cols())))
        .orElse(null);
  }
}
