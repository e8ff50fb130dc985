package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.Stack;
import dev.millrace.stack.bench.BenchOptions.Part;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
    @Test
    void anOptionOutOfItsRangeIsRefusedWithItsName() {
        assertThat(refusal("--rounds", "0")).contains("--rounds must be at least 1, but is 0");
        assertThat(refusal("--warm-up", "0")).contains("--warm-up must be at least 1, but is 0");
        assertThat(refusal("--events", "-5")).contains("--events must be at least 1, but is -5");
        assertThat(refusal("--parallelism", "0")).contains("--parallelism must be at least 1, but is 0");
        assertThat(refusal("--adversarial", "1.5")).contains("--adversarial is a share: from 0 to 1, but it is 1.5");
        assertThat(refusal("--hours", "0")).contains("--hours must be above 0, but is 0.0");
        assertThat(refusal("--latency-seconds", "-1")).contains("--latency-seconds must not be below 0, but is -1");
        assertThat(refusal("--latency-rate", "-1")).contains("--latency-rate must not be below 0, but is -1.0");
        assertThat(refusal("--scaling-sizes", "10000,1"))
                .contains("--scaling-sizes must be at least 2 each, but one is 1");
        assertThat(refusal("--scaling-events", "0")).contains("--scaling-events must be at least 1, but is 0");
    }

    @Test
    void contendersAreMeasuredUnlessOtherPartsAloneAreAskedFor() {
        assertThat(parts()).containsExactly(Part.CONTENDERS);
        assertThat(parts("--only", "limit")).containsExactly(Part.CONTENDERS);
        assertThat(parts("--latency-budget")).containsExactly(Part.LATENCY_BUDGET);
        assertThat(parts("--latency-budget", "--scaling")).containsExactlyInAnyOrder(Part.LATENCY_BUDGET, Part.SCALING);
        assertThat(parts("--scaling", "--only", "limit")).containsExactlyInAnyOrder(Part.CONTENDERS, Part.SCALING);
        assertThat(parts("--all")).containsExactlyInAnyOrder(Part.values());
    }

    @Test
    void sizesAreSeparatedByCommas() {
        assertThat(options("--scaling-sizes", "5000,20000").scalingSizes()).containsExactly(5_000L, 20_000L);
        assertThat(options().scalingSizes()).containsExactly(10_000L, 100_000L, 1_000_000L, 5_000_000L);
    }

    private static Set<Part> parts(String... arguments) {
        return options(arguments).parts();
    }

    private static BenchOptions options(String... arguments) {
        BenchCommand command = new BenchCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.options();
    }

    private static String refusal(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new Stack()).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 1];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertThat(line.execute(all)).isEqualTo(CommandLine.ExitCode.USAGE);
        return err.toString();
    }
}
