package dev.holdfast.kinds.tool;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The tools that there are, by name, and what serves them. Any thread. */
final class ToolCatalog {

  private static final System.Logger LOG = System.getLogger(ToolCatalog.class.getName());

  private final ToolSettings settings;
  private final List<ProviderGate> gates = new CopyOnWriteArrayList<>();
  private final Map<String, Tool> tools = new ConcurrentSkipListMap<>();
  private volatile long version;
  private long editions;

  ToolCatalog(ToolSettings settings) {
    this.settings = settings;
  }

  /** What is behind it serves tools from now on. */
  void add(ProviderGate gate) {
    gates.add(gate);
    offer(gate);
  }

  /** A provider's tools have changed, or are there now, or are gone. */
  void changed(Provider provider) {
    for (ProviderGate gate : gates) {
      if (gate.provider().equals(provider)) {
        offer(gate);
      }
    }
  }

  private synchronized void offer(ProviderGate gate) {
    ProviderSettings how = gate.settings();
    Map<String, Tool> were = new HashMap<>();
    tools
        .values()
        .removeIf(tool -> {
          boolean mine = tool.gate().equals(gate);
          if (mine) {
            were.put(tool.name(), tool);
          }
          return mine;
        });
    for (Provider.Described described : gate.provider().tools()) {
      String name = how.prefix() + described.name();
      Traits traits = how.tools().getOrDefault(described.name(), Traits.USUAL);
      boolean coalesced = !settings.uncoalesced().contains(name);
      Tool was = were.get(name);
      Tool now =
          was != null && was.described().equals(described)
              ? was
              : new Tool(name, described, traits, gate, coalesced, ++editions);
      Tool before = tools.putIfAbsent(name, now);
      if (before != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the tool {0} of {1} is hidden by that of {2}: give one of them a prefix",
            name,
            gate.provider().id(),
            before.provider());
      }
    }
    version++;
  }

  /** The other provider that has the name which a provider's tool would get; null for none. */
  @Nullable String otherOf(Provider provider, String ownName) {
    for (ProviderGate gate : gates) {
      Tool tool =
          gate.provider().equals(provider) ? tools.get(gate.settings().prefix() + ownName) : null;
      if (tool != null && !tool.gate().equals(gate)) {
        return tool.provider();
      }
    }
    return null;
  }

  /** Rises whenever tools come, go or change. */
  long version() {
    return version;
  }

  /** All of them, by name. */
  Collection<Tool> all() {
    return tools.values();
  }

  List<ProviderGate> gates() {
    return gates;
  }

  /** The one of that name; null for none. */
  @Nullable Tool named(String name) {
    return tools.get(name);
  }

  /** The one that a request means, if whoever makes it may call it; null for none. */
  @Nullable Tool find(ToolRequest request) {
    String named = request.tool();
    Tool tool = tools.get(named);
    for (String suffix : tool == null ? settings.suffixes() : List.<String>of()) {
      if (named.endsWith(suffix)) {
        tool = tools.get(named.substring(0, named.length() - suffix.length()));
      }
    }
    return tool != null && tool.mayCall(request.roles(), request.admin()) ? tool : null;
  }
}
