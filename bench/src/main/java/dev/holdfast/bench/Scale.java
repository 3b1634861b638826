package dev.holdfast.bench;

/**
 * How large the measurements are.
 *
 * @param seconds of each measured part; it is warmed up for as long
 * @param payload characters of a message
 * @param subscribers of a fan-out
 * @param idle connections that do nothing
 * @param returning connections that are cut and come back at once
 * @param missed events that each of them missed
 */
record Scale(int seconds, int payload, int subscribers, int idle, int returning, int missed) {

  String text() {
    return "x".repeat(payload);
  }
}
