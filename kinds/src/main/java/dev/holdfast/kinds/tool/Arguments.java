package dev.holdfast.kinds.tool;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a tool may be called with: JSON schema, of the draft that it names or else of 2020-12. Any
 * thread.
 */
final class Arguments {

  static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Writes the same JSON in one way, whatever the order of its members. */
  private static final JsonMapper SORTED =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private static final String DRAFT = SpecificationVersion.DRAFT_2020_12.getDialectId();

  /** Faults that one answer tells of. */
  private static final int MOST_FAULTS = 10;

  /** The schema of whatever is an object. */
  static final String ANY = "{\"type\":\"object\"}";

  private final @Nullable Schema schema;

  /**
   * @param schema JSON; what is none lets everything pass
   */
  Arguments(String schema) {
    Schema read = null;
    try {
      Schema whole = SCHEMAS.getSchema(JSON.readTree(schema));
      whole.initializeValidators();
      read = whole;
    } catch (JacksonException | SchemaException e) {
      System.getLogger(Arguments.class.getName())
          .log(System.Logger.Level.WARNING, "a schema can''t be read: {0}", e.getMessage());
    }
    this.schema = read;
  }

  /** Why something is no schema of arguments; null where it is. */
  static @Nullable String fault(String schema) {
    try {
      JsonNode node = JSON.readTree(schema);
      if (!node.isObject()) {
        return "must be an object";
      }
      String draft = node.path("$schema").asString(DRAFT);
      List<com.networknt.schema.Error> faults =
          SCHEMAS.getSchema(SchemaLocation.of(draft)).validate(node);
      if (!faults.isEmpty()) {
        return place(faults.getFirst()) + faults.getFirst().getMessage();
      }
      // What it refers to has to be in it, or one of the drafts: nothing is fetched.
      SCHEMAS.getSchema(node).initializeValidators();
      return null;
    } catch (JacksonException | SchemaException e) {
      return "is no JSON schema: " + e.getMessage();
    }
  }

  /** The arguments; null where they are no JSON object. */
  static @Nullable JsonNode read(byte @Nullable [] json) {
    try {
      JsonNode node = json == null ? JSON.createObjectNode() : JSON.readTree(json);
      return node.isObject() ? node : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  static String canonical(JsonNode arguments) {
    return SORTED.writeValueAsString(arguments);
  }

  /** What is wrong with them, each in one line. */
  List<String> faults(JsonNode arguments) {
    return schema == null
        ? List.of()
        : schema.validate(arguments).stream()
            .limit(MOST_FAULTS)
            .map(error -> place(error) + error.getMessage())
            .toList();
  }

  private static String place(com.networknt.schema.Error error) {
    String at = String.valueOf(error.getInstanceLocation());
    return at.isEmpty() ? "" : at + ": ";
  }
}
