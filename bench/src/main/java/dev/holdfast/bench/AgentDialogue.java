package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;

/** Talks to one agent of the gateway: a message is a prompt, what comes are tokens and the end. */
record AgentDialogue(String agent) implements Dialogue.OfGateway {

  private static final byte[] TOKEN = Dialogue.bytes("{\"type\":\"token\"");
  private static final byte[] DONE = Dialogue.bytes("{\"type\":\"done\"");

  @Override
  public byte[] message(String group, String payload) {
    return Dialogue.bytes(
        "{\"type\":\"run\",\"agent_id\":\"%s\",\"prompt\":\"%s\"}".formatted(agent, payload));
  }

  @Override
  public boolean isMessage(ByteBuf in) {
    return Dialogue.begins(in, TOKEN) || isEnd(in);
  }

  /** Whether it is the end of a run. */
  static boolean isEnd(ByteBuf in) {
    return Dialogue.begins(in, DONE);
  }

  /** The relay of the peers. */
  record Relay() implements Dialogue {

    @Override
    public String target(String group) {
      return "/";
    }

    @Override
    public boolean ready(String frame) {
      return frame.isEmpty();
    }

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes("{\"prompt\":\"%s\"}".formatted(payload));
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return true;
    }
  }
}
