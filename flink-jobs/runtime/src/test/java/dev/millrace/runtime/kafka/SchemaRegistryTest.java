package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.RejectedRecord;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRegistryTest {
    private static final Schema EVENT = CustomerEvent.getClassSchema();

    private FakeRegistry fake;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeRegistry();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void aSchemaIsRegisteredUnderItsTopicAndFoundByItsId() {
        try (SchemaRegistry registry = fake.client(true)) {
            int id = registry.id("millrace.raw", EVENT);
            assertThat(registry.id("millrace.raw", EVENT)).isEqualTo(id);
            assertThat(registry.id("other", EVENT)).isEqualTo(id);
            assertThat(registry.id("millrace.rejected", RejectedRecord.getClassSchema()))
                    .isNotEqualTo(id);
            assertThat(fake.requests()).contains("POST /subjects/millrace.raw-value/versions");
            assertThat(registry.schema(id)).contains(EVENT);
        }
        try (SchemaRegistry another = fake.client(false)) {
            assertThat(another.schema(1)).contains(EVENT);
        }
    }

    @Test
    void setUpAlsoSetsTheCompatibility() {
        try (SchemaRegistry registry = fake.client(false)) {
            int id = registry.register("millrace.raw", EVENT);
            assertThat(registry.register("millrace.raw", EVENT)).isEqualTo(id);
            assertThat(fake.compatibility()).isEqualTo(Map.of("millrace.raw-value", "BACKWARD"));
        }
    }

    @Test
    void whereAJobMayNotRegisterTheSchemaMustBeThere() {
        try (SchemaRegistry registry = fake.client(false)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> registry.id("millrace.raw", EVENT))
                    .withMessageContaining("refused subject millrace.raw-value: it is not registered there")
                    .withMessageContaining("run millrace-setup, or set registry.auto_register");
            assertThat(fake.requests()).noneMatch(request -> request.endsWith("/versions"));
            int id = registry.register("millrace.raw", EVENT);
            assertThat(registry.id("millrace.raw", EVENT)).isEqualTo(id);
        }
    }

    @Test
    void aSchemaIsAskedForOnce() {
        int id = fake.add(EVENT);
        try (SchemaRegistry registry = fake.client(true)) {
            registry.schema(id);
            registry.schema(id);
            assertThat(fake.requests()).containsExactly("GET /schemas/ids/" + id);
        }
    }

    @Test
    void anIdThatIsUnknownOrNotOfAnAvroSchemaHasNoSchema() {
        int json = fake.add("JSON", "{\"type\":\"object\"}");
        int protobuf = fake.add("PROTOBUF", "message A {}");
        try (SchemaRegistry registry = fake.client(true)) {
            assertThat(registry.schema(77)).isEmpty();
            assertThat(registry.schema(-1)).isEmpty();
            assertThat(registry.schema(json)).isEmpty();
            assertThat(registry.schema(protobuf)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"409,as incompatible with what is registered", "422,as invalid", "500,(fake says 500"})
    void aRefusalSaysWhy(int status, String why) {
        fake.answerAllWith(status);
        try (SchemaRegistry registry = fake.client(true)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> registry.id("millrace.raw", EVENT))
                    .withMessageContaining("refused subject millrace.raw-value")
                    .withMessageContaining(why);
            assertThatIllegalStateException().isThrownBy(() -> registry.register("millrace.raw", EVENT));
            assertThatIllegalStateException()
                    .isThrownBy(() -> registry.schema(1))
                    .withMessageContaining("failed on schema id 1");
        }
    }

    @Test
    void aRegistryThatIsAwayIsToldFromOneThatRefuses() {
        fake.close();
        try (SchemaRegistry registry = fake.client(true)) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> registry.id("millrace.raw", EVENT))
                    .withMessageContaining("can't reach the schema registry "
                            + fake.options(true).url());
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> registry.register("millrace.raw", EVENT));
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> registry.schema(1));
        }
    }
}
