package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.Contender.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContenderTest {
    private static final List<Contender> ALL = List.of(contender("limit"), contender("one"), contender("other"));

    @Test
    void allRunWhereNoneIsNamed() {
        assertThat(Contender.named(List.of(), ALL)).isEqualTo(ALL);
    }

    @Test
    void thoseNamedRunInTheirOwnOrder() {
        assertThat(Contender.named(List.of("other", "limit"), ALL))
                .extracting(Contender::name)
                .containsExactly("limit", "other");
    }

    @Test
    void aNameThatIsNoneIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Contender.named(List.of("some"), ALL))
                .isInstanceOf(StackException.class)
                .hasMessage("there is nothing to measure by the name 'some'; there are limit, one, other");
    }

    @Test
    void itsConfigurationGoesIntoSectionsThatAreThereOrNot() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode tree =
                (ObjectNode) json.readTree("{\"flink\": {\"state_backend\": \"rocksdb\", \"parallelism\": 2}}");

        BenchStack.put(tree, "flink.state_backend", "hashmap");
        BenchStack.put(tree, "stitch.dedupe_window", "1h");

        assertThat(tree)
                .isEqualTo(json.readTree(
                        "{\"flink\": {\"state_backend\": \"hashmap\", \"parallelism\": 2}, \"stitch\": {\"dedupe_window\":"
                                + " \"1h\"}}"));
    }

    private static Contender contender(String name) {
        return new Contender(name, "bench-" + name, Path.of("jobs.jar"), "Main", Map.of(), Output.NONE);
    }
}
