package dev.millrace.runtime.kafka;

import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** A Confluent-compatible schema registry. Subjects are named after their topic: {@code <topic>-value}. */
public final class SchemaRegistry implements AutoCloseable {
    private static final String BACKWARD = "BACKWARD";
    private static final int CACHED_SCHEMAS = 1000;
    /** How the client's exception begins when the registry did answer, but not with a schema that is Avro. */
    private static final String NOT_AVRO = "Invalid schema ";

    private static final int HTTP_NOT_FOUND = 404;
    /** Confluent's code; a bare 404 may as well come from a proxy, and must not make good records bad. */
    private static final int SCHEMA_NOT_FOUND = 40403;

    private static final int HTTP_CONFLICT = 409;
    private static final int HTTP_INVALID = 422;

    private final RegistryOptions options;
    private final SchemaRegistryClient client;

    public SchemaRegistry(RegistryOptions options) {
        this.options = options;
        this.client = new CachedSchemaRegistryClient(
                List.of(options.url()), CACHED_SCHEMAS, List.of(new AvroSchemaProvider()), options.properties());
    }

    /** The subject of a topic's values. */
    public static String subject(String topic) {
        return topic + "-value";
    }

    /**
     * The id of the schema of a topic's values: registers it, under BACKWARD compatibility, where it is new and
     * that is allowed.
     *
     * @throws IllegalStateException if the registry refuses it; the message says what to do
     * @throws UncheckedIOException if the registry can't be reached
     */
    public int id(String topic, Schema schema) {
        String subject = subject(topic);
        try {
            AvroSchema avro = new AvroSchema(schema);
            return client.getId(subject, avro);
        } catch (RestClientException e) {
            if (e.getStatus() == HTTP_NOT_FOUND && options.autoRegister()) {
                return register(topic, schema);
            }
            throw refused(subject, e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Registers the schema of a topic's values under BACKWARD compatibility, and says its id. */
    public int register(String topic, Schema schema) {
        String subject = subject(topic);
        try {
            // Before, where the subject is there already, so that this very schema is checked.
            if (client.getAllSubjects().contains(subject)) {
                client.updateCompatibility(subject, BACKWARD);
            }
            int id = client.register(subject, new AvroSchema(schema));
            client.updateCompatibility(subject, BACKWARD);
            return id;
        } catch (RestClientException e) {
            throw refused(subject, e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * The schema of an id; empty if the registry does not know it, or it is not Avro.
     *
     * @throws UncheckedIOException if the registry can't be reached
     * @throws IllegalStateException if it answers with an error of its own
     */
    public Optional<Schema> schema(int id) {
        try {
            return client.getSchemaById(id) instanceof AvroSchema avro
                    ? Optional.of(avro.rawSchema())
                    : Optional.empty();
        } catch (RestClientException e) {
            if (e.getErrorCode() == SCHEMA_NOT_FOUND) {
                return Optional.empty();
            }
            throw new IllegalStateException("the schema registry " + options.url() + " failed on schema id " + id, e);
        } catch (IOException e) {
            if (e.getClass() == IOException.class
                    && String.valueOf(e.getMessage()).startsWith(NOT_AVRO)) {
                return Optional.empty();
            }
            throw unreachable(e);
        }
    }

    private IllegalStateException refused(String subject, RestClientException e) {
        String why =
                switch (e.getStatus()) {
                    case HTTP_CONFLICT -> " as incompatible with what is registered: the schema of this version of Millrace"
                            + " may not follow it";
                    case HTTP_NOT_FOUND -> ": it is not registered there; run millrace-setup, or set registry.auto_register";
                    case HTTP_INVALID -> " as invalid";
                    default -> "";
                };
        return new IllegalStateException(
                "the schema registry " + options.url() + " refused subject " + subject + why + " (" + e.getMessage()
                        + ")",
                e);
    }

    private UncheckedIOException unreachable(IOException e) {
        return new UncheckedIOException("can't reach the schema registry " + options.url() + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
