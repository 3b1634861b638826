package dev.holdfast.kinds.terminal.screen;

/**
 * How a cell looks, in one number: two colours of 26 bits, each the default, an index or red, green
 * and blue; and flags. The colour of an underline is not kept. Stateless.
 *
 * <p>Source: ECMA-48, section 8.3.117 (SGR), and xterm's control sequences for colours.
 */
final class Style {

  static final long PLAIN = 0;

  private static final int BITS = 26;
  private static final long COLOUR = (1L << BITS) - 1;
  private static final int INDEXED = 1 << 24;

  /** One of the sixteen that have parameters of their own, and are brighter where bold. */
  private static final int BASIC = INDEXED | (1 << 8);

  private static final int DIRECT = 2 << 24;
  private static final int FLAGS = 52;
  private static final int UNDERLINE = 60;
  private static final long UNDERLINES = 7L << UNDERLINE;

  /** What sets each flag, in the order of the flags. */
  private static final int[] SETS = {1, 2, 3, 5, 7, 8, 9, 53};

  private Style() {}

  /** What is left of a style where something was erased: its background. */
  static long erased(long style) {
    return style & (COLOUR << BITS);
  }

  /** The style after SGR with those parameters. */
  static long select(long before, Params params) {
    long style = before;
    int count = Math.max(1, params.count());
    for (int i = 0; i < count; i++) {
      int code = params.get(i, 0);
      switch (code) {
        case 0 -> style = PLAIN;
        case 1, 2, 3, 7, 8, 9, 53 -> style |= flag(code);
        case 5, 6 -> style |= flag(5);
        case 4 -> {
          boolean kind = params.sub(i + 1);
          style = underlined(style, kind ? Math.min(params.get(i + 1, 1), 5) : 1);
        }
        case 21 -> style = underlined(style, 2);
        case 22 -> style &= ~(flag(1) | flag(2));
        case 23 -> style &= ~flag(3);
        case 24 -> style &= ~UNDERLINES;
        case 25 -> style &= ~flag(5);
        case 27 -> style &= ~flag(7);
        case 28 -> style &= ~flag(8);
        case 29 -> style &= ~flag(9);
        case 55 -> style &= ~flag(53);
        case 38, 48, 58 -> {
          style = coloured(style, code, colour(params, i));
          i += taken(params, i);
        }
        case 39 -> style = coloured(style, 38, 0);
        case 49 -> style = coloured(style, 48, 0);
        default -> style = basic(style, code);
      }
      while (i + 1 < count && params.sub(i + 1)) {
        i++;
      }
    }
    return style;
  }

  private static long basic(long style, int code) {
    if (code >= 30 && code <= 37) {
      return coloured(style, 38, BASIC | (code - 30));
    }
    if (code >= 40 && code <= 47) {
      return coloured(style, 48, BASIC | (code - 40));
    }
    if (code >= 90 && code <= 97) {
      return coloured(style, 38, BASIC | (code - 82));
    }
    if (code >= 100 && code <= 107) {
      return coloured(style, 48, BASIC | (code - 92));
    }
    return style;
  }

  /** How many parameters after the one at {@code i} say its colour, where semicolons part them. */
  private static int taken(Params params, int i) {
    if (params.sub(i + 1)) {
      return 0;
    }
    return switch (params.get(i + 1, 0)) {
      case 2 -> 4;
      case 5 -> 2;
      default -> 0;
    };
  }

  /** The colour after 38 or 48 at {@code i}; -1 for none that is known. */
  private static int colour(Params params, int i) {
    int kind = params.get(i + 1, 0);
    if (kind == 5) {
      int index = params.get(i + 2, 0);
      return index <= 255 ? INDEXED | index : -1;
    }
    if (kind != 2) {
      return -1;
    }
    // With colons there may be a colour space before the three.
    int first = params.sub(i + 1) && params.sub(i + 5) ? i + 3 : i + 2;
    int red = params.get(first, 0);
    int green = params.get(first + 1, 0);
    int blue = params.get(first + 2, 0);
    return red <= 255 && green <= 255 && blue <= 255
        ? DIRECT | (red << 16) | (green << 8) | blue
        : -1;
  }

  private static long coloured(long style, int which, int colour) {
    if (colour < 0 || which == 58) {
      return style;
    }
    int shift = which == 38 ? 0 : BITS;
    return (style & ~(COLOUR << shift)) | ((long) colour << shift);
  }

  private static long underlined(long style, int kind) {
    return (style & ~UNDERLINES) | ((long) kind << UNDERLINE);
  }

  private static long flag(int set) {
    for (int i = 0; i < SETS.length; i++) {
      if (SETS[i] == set) {
        return 1L << (FLAGS + i);
      }
    }
    return 0;
  }

  /** Writes the parameters of the SGR that makes this style of any other. */
  static void write(long style, StringBuilder out) {
    out.append('0');
    for (int i = 0; i < SETS.length; i++) {
      if ((style & (1L << (FLAGS + i))) != 0) {
        out.append(';').append(SETS[i]);
      }
    }
    int underline = (int) ((style & UNDERLINES) >>> UNDERLINE);
    switch (underline) {
      case 0 -> {}
      case 1 -> out.append(";4");
      case 2 -> out.append(";21");
      default -> out.append(";4:").append(underline);
    }
    write((int) (style & COLOUR), 30, out);
    write((int) ((style >>> BITS) & COLOUR), 40, out);
  }

  private static void write(int colour, int base, StringBuilder out) {
    int value = colour & 0xffffff;
    if ((colour & DIRECT) != 0) {
      out.append(';').append(base + 8).append(";2;").append(value >> 16);
      out.append(';').append((value >> 8) & 0xff).append(';').append(value & 0xff);
    } else if ((colour & BASIC) == BASIC) {
      int index = value & 0xff;
      out.append(';').append(index < 8 ? base + index : base + 52 + index);
    } else if ((colour & INDEXED) != 0) {
      out.append(';').append(base + 8).append(";5;").append(value);
    }
  }
}
