package dev.holdfast.conformance;

/**
 * One scenario over real sockets.
 *
 * @param id of the catalogue, such as CON12
 * @param shows what holds when it passes
 */
record Case(String id, String shows, Need need, Body body) {

  /** What a case needs of the gateways under test. */
  enum Need {
    /** Any gateway, as any user. */
    USERS,
    /** A gateway in development mode. */
    DEV,
    /** The secret that the gateway checks tokens with. */
    TOKENS,
    /** Gateways of its own, with settings of its own. */
    OWN,
    /** The same, and models to ask. */
    UPSTREAM,
    /** The same, an emulator, and the programs that are shown on it. */
    EMULATOR,
    /** Gateways of its own, and a browser. */
    BROWSER
  }

  /** What it does. */
  @FunctionalInterface
  interface Body {
    void run(Trial trial) throws Exception;
  }
}
