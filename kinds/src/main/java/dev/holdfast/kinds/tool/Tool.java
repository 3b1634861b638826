package dev.holdfast.kinds.tool;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Something that can be called. Any thread. */
public final class Tool {

  private final String name;
  private final Provider.Described described;
  private final Traits traits;
  private final ProviderGate gate;
  private final Arguments arguments;
  private final boolean coalesced;
  private final long edition;

  Tool(
      String name,
      Provider.Described described,
      Traits traits,
      ProviderGate gate,
      boolean coalesced,
      long edition) {
    this.name = name;
    this.described = described;
    this.traits = traits;
    this.gate = gate;
    this.arguments = new Arguments(described.schema());
    this.coalesced = coalesced;
    this.edition = edition;
  }

  public String name() {
    return name;
  }

  Provider.Described described() {
    return described;
  }

  /** Another one whenever what its provider says of it has changed: results do not outlive that. */
  long edition() {
    return edition;
  }

  /** Its name where it is served. */
  String ownName() {
    return described.name();
  }

  public String description() {
    return described.description();
  }

  /** The JSON schema of its arguments. */
  public String schema() {
    return described.schema();
  }

  /** The provider's name. */
  public String provider() {
    return gate.provider().id();
  }

  ProviderGate gate() {
    return gate;
  }

  Arguments arguments() {
    return arguments;
  }

  boolean idempotent() {
    Boolean said = traits.idempotent();
    return said == null ? described.idempotent() : said;
  }

  /** Whether identical calls that run at once are one. */
  boolean coalesced() {
    return coalesced && traits.coalesced() && !Boolean.FALSE.equals(traits.idempotent());
  }

  @Nullable Duration kept() {
    return traits.kept();
  }

  boolean shared() {
    return traits.shared();
  }

  @Nullable Duration timeout() {
    return traits.timeout();
  }

  @Nullable String fallback() {
    return traits.fallback();
  }

  boolean mayCall(Collection<String> roles, boolean admin) {
    return admin || traits.roles().isEmpty() || roles.stream().anyMatch(traits.roles()::contains);
  }
}
