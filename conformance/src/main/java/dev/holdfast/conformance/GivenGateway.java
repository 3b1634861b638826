package dev.holdfast.conformance;

import java.io.IOException;
import java.util.Map;

/** The one gateway that somebody else runs. */
record GivenGateway(Gateway gateway) implements Gateways {

  @Override
  public Gateway shared(boolean dev) {
    return gateway;
  }

  @Override
  public Gateway own(boolean dev, Map<String, String> settings) throws IOException {
    throw new IOException("only the given gateway can be asked");
  }

  @Override
  public boolean startsOwn() {
    return false;
  }

  @Override
  public boolean has(boolean dev) {
    return gateway.dev() == dev && (dev || gateway.secret() != null);
  }

  @Override
  public void close() {
    // It is not ours to stop.
  }
}
