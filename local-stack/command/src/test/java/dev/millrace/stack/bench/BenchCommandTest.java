package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.Stack;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        assertThat(refusal("--latency-seconds", "-1")).contains("--latency-seconds must not be below 0, but is -1");
        assertThat(refusal("--latency-rate", "-1")).contains("--latency-rate must not be below 0, but is -1.0");
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
