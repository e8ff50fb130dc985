package dev.millrace.stack.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ProfileCommandTest {
    private final KafkaOptions kafka = new KafkaOptions("k:9092", Map.of());

    @Test
    void whatKeepsTheLatestEventsAwayIsNamed() {
        assertThat(ProfileCommand.why(new TimeoutException("Timeout expired"), kafka))
                .isEqualTo("Kafka can't be reached at k:9092; local-stack/stack up starts it");
        assertThat(ProfileCommand.why(new SaslAuthenticationException("wrong password"), kafka))
                .isEqualTo("Kafka at k:9092 refuses: wrong password");
        assertThat(ProfileCommand.why(
                        new UncheckedIOException("can't reach the schema registry", new IOException()), kafka))
                .isEqualTo("can't reach the schema registry");
        assertThat(ProfileCommand.why(new StackException("there is no topic"), kafka))
                .isEqualTo("there is no topic");
    }
}
