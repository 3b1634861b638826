package dev.holdfast.wire;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Makes parsers of frames. Any thread.
 *
 * <p>A factory remembers every name that its parsers came upon, up to thousands, and a parser that
 * comes upon a new one copies them all. Clients whose names are always new, such as ids, would make
 * each frame a hundred times as dear, for all others too. Hence a factory that has seen more names
 * than frames have fields for is replaced.
 */
final class Parsers {

  /** The greatest length of a number. */
  static final int NUMBER_LENGTH = 1000;

  private static final int MOST_NAMES = 100;

  private static volatile Factory factory = new Factory();

  private Parsers() {}

  static JsonParser of(byte[] text) {
    Factory current = factory;
    if (current.names() > MOST_NAMES) {
      current = new Factory();
      factory = current;
    }
    return current.createParser(ObjectReadContext.empty(), text);
  }

  private static final class Factory extends JsonFactory {

    /* Strings and names are bounded by the frame that they are in, depth is counted by who reads. */
    Factory() {
      super(
          builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(Envelope.MOST_LEVELS + 1)
                      .maxNumberLength(NUMBER_LENGTH)
                      .maxStringLength(Integer.MAX_VALUE)
                      .maxNameLength(Integer.MAX_VALUE)
                      .build())
              .disable(Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
              .recyclerPool(JsonRecyclerPools.threadLocalPool()));
    }

    int names() {
      return _byteSymbolCanonicalizer.size();
    }
  }
}
