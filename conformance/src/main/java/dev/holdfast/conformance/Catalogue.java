package dev.holdfast.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Every scenario that there is, and every case that shows one. Any thread. */
final class Catalogue {

  /** Scenarios that {@code holdfast bench} measures: how fast is not for a case to say. */
  static final Set<String> MEASURED = Set.of("CON21", "TOL22");

  private Catalogue() {}

  /** What each scenario is about, by its id, in their order. */
  static Map<String, String> scenarios() {
    Map<String, String> scenarios = new LinkedHashMap<>();
    try (InputStream in = Catalogue.class.getResourceAsStream("/scenarios.txt");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      String line;
      while ((line = reader.readLine()) != null) {
        String[] parts = line.split(" ", 2);
        scenarios.put(parts[0], parts[1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scenarios;
  }

  /** All cases, in the order of the catalogue. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    cases.addAll(AdmissionCases.all());
    cases.addAll(ConnectionCases.all());
    cases.addAll(ChannelCases.all());
    cases.addAll(RecoveryCases.all());
    cases.addAll(EventCases.all());
    cases.addAll(AgentCases.all());
    cases.addAll(ModelCases.all());
    cases.addAll(WorkerCases.all());
    cases.addAll(DeviceCases.all());
    cases.addAll(DeviceCommandCases.all());
    cases.addAll(DeviceUploadCases.all());
    cases.addAll(DeviceHostileCases.all());
    cases.addAll(BrowserDeviceCases.all());
    cases.addAll(TerminalCases.all());
    cases.addAll(TerminalEndpointCases.all());
    cases.addAll(ScreenCases.all());
    cases.addAll(ToolCases.all());
    cases.addAll(ToolLimitCases.all());
    cases.addAll(ToolProviderCases.all());
    cases.addAll(ToolOperationCases.all());
    cases.addAll(ToolWorkerCases.all());
    cases.addAll(ToolResultCases.all());
    cases.addAll(ToolChurnCases.all());
    cases.addAll(HostileCases.all());
    cases.addAll(FramingCases.all());
    cases.addAll(RestartCases.all());
    List<String> order = List.copyOf(scenarios().keySet());
    cases.sort(java.util.Comparator.comparingInt(c -> order.indexOf(c.id())));
    return List.copyOf(cases);
  }
}
