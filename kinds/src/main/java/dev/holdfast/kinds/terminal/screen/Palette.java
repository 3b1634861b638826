package dev.holdfast.kinds.terminal.screen;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The colours that a program has set, each by the command that sets it. Whoever asks for one is
 * told it only if it was set. Belongs to its screen.
 *
 * <p>Source: xterm's control sequences (operating system commands).
 */
final class Palette {

  /** A program that sets more than this has them forgotten. */
  private static final int MOST = 300;

  private static final String INDEXED = "4;";

  /** After the foreground, the background and the cursor come colours of other things. */
  private static final int LAST_IN_ROW = 12;

  private final Consumer<String> answers;
  private final Map<String, String> colours = new TreeMap<>();

  Palette(Consumer<String> answers) {
    this.answers = answers;
  }

  /** Sets or tells colours by their index: pairs of that and a value. */
  void indexed(String pairs) {
    String[] parts = pairs.split(";", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      if (parts[i].matches("[0-9]{1,3}")) {
        setOrTell(INDEXED + parts[i], parts[i + 1]);
      }
    }
  }

  /** Sets or tells that colour, and those after it where more than one is named. */
  void from(int first, String values) {
    int which = first;
    for (String value : values.split(";", -1)) {
      if (which <= LAST_IN_ROW || which == first) {
        setOrTell(Integer.toString(which), value);
      }
      which++;
    }
  }

  private void setOrTell(String which, String value) {
    String known = colours.get(which);
    if (!value.equals("?")) {
      if (Colour.plausible(value)) {
        colours.remove(which);
        if (colours.size() < MOST) {
          colours.put(which, value);
        }
      }
    } else if (known != null) {
      String told = Colour.told(known);
      if (told != null) {
        answers.accept("\u001b]" + which + ";" + told + "\u001b\\");
      }
    }
  }

  /** Forgets colours by their index, or all that have one. */
  void forgetIndexed(String indices) {
    if (indices.isEmpty()) {
      colours.keySet().removeIf(which -> which.startsWith(INDEXED));
    } else {
      for (String index : indices.split(";", -1)) {
        colours.remove(INDEXED + index);
      }
    }
  }

  void forget(String which) {
    colours.remove(which);
  }

  void clear() {
    colours.clear();
  }

  Map<String, String> colours() {
    return colours;
  }
}
