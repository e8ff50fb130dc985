package dev.millrace.setup;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.IdentityMessage;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.Schema;

/** The contracts: registers each under its topic's subject, with BACKWARD compatibility. */
final class Schemas {
    private Schemas() {}

    /** Topic to the schema of its values, in data-flow order. A raw topic of format json has none. */
    static Map<String, Schema> contracts(TopicOptions topics) {
        Map<String, Schema> contracts = new LinkedHashMap<>();
        for (RawTopic raw : topics.raw()) {
            if (raw.format() == RawFormat.AVRO) {
                contracts.put(raw.name(), CustomerEvent.getClassSchema());
            }
        }
        contracts.put(topics.stitched(), StitchedRecord.getClassSchema());
        contracts.put(topics.identityLoop(), IdentityMessage.getClassSchema());
        contracts.put(topics.rejected(), RejectedRecord.getClassSchema());
        return contracts;
    }

    static void register(RegistryOptions options, TopicOptions topics, Consumer<String> progress) {
        try (SchemaRegistry registry = new SchemaRegistry(options)) {
            contracts(topics).forEach((topic, schema) -> {
                int id = registry.register(topic, schema);
                progress.accept(
                        "schema " + SchemaRegistry.subject(topic) + ": " + schema.getName() + " registered, id " + id);
            });
        } catch (UncheckedIOException e) {
            throw new SetupException(e.getMessage() + "; is it running, and is registry.url right?", e);
        } catch (IllegalStateException e) {
            throw new SetupException(e.getMessage(), e);
        }
    }
}
