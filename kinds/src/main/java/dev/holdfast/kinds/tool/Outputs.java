package dev.holdfast.kinds.tool;

import dev.holdfast.kinds.common.Members;

/** Makes what tools give. Stateless; any thread. */
public final class Outputs {

  private Outputs() {}

  /** One text. */
  public static String text(String text) {
    return "[{\"type\":\"text\",\"text\":" + Members.quoted(text) + "}]";
  }
}
