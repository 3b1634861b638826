package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/** How frames are written: two codecs for the same things. Immutable; any thread. */
public enum Dialect {
  /** Frames that say their {@code type}. */
  TYPE {
    @Override
    public Inbound decode(byte[] frame, @Nullable String defaultType) {
      return TypeDialect.decode(frame, defaultType);
    }

    @Override
    public byte[] encode(ServerFrame frame) {
      return TypeDialect.encode(frame);
    }

    @Override
    public byte[] encode(EventFrame event) {
      return TypeDialect.encode(event);
    }
  },
  /** The tools' own, with an {@code op}. */
  OP {
    @Override
    public Inbound decode(byte[] frame, @Nullable String defaultType) {
      return OpDialect.decode(frame);
    }

    @Override
    public Inbound decodeFirst(byte[] frame, @Nullable String defaultType) {
      return OpDialect.decodeFirst(frame);
    }

    @Override
    public byte[] encode(ServerFrame frame) {
      return OpDialect.encode(frame);
    }

    @Override
    public byte[] encode(EventFrame event) {
      return OpDialect.encode(event);
    }
  };

  /** Reads a frame from a client; see {@link TypeDialect#decode(byte[], String)}. */
  public abstract Inbound decode(byte[] frame, @Nullable String defaultType);

  /** Reads the first frame of a client that nobody knows yet. */
  public Inbound decodeFirst(byte[] frame, @Nullable String defaultType) {
    return decode(frame, defaultType);
  }

  /** Writes what the server says, in UTF-8. */
  public abstract byte[] encode(ServerFrame frame);

  /** Writes an event, in UTF-8. */
  public abstract byte[] encode(EventFrame event);
}
