package dev.holdfast.transport;

import java.io.IOException;

/** The body of an answer to a HEAD: nobody is there to read it. Stateless; any thread. */
final class NoBody implements HttpBody {

  @Override
  public void write(byte[] piece) throws IOException {
    throw new IOException("only the head was asked for");
  }

  @Override
  public boolean open() {
    return false;
  }

  @Override
  public void end() {
    // The head was all.
  }

  @Override
  public void breakOff() {
    // The head was all.
  }
}
