package dev.millrace.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.runtime.config.ConfigException;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.verify.VerifyOptions.RawRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * {@link Verification} as a process of its own, so that its memory is bounded: options in, progress on standard error, the
 * report as JSON on standard output. Exit code 0 where there is a report, whatever it says.
 */
public final class VerifyProgram {
    private VerifyProgram() {}

    /**
     * Arguments, in this order: configuration file, root of cold storage, differences, bytes of memory, directory for what
     * does not fit, and the records that must be there: topic, partition, first offset and end of each.
     */
    public static List<String> arguments(Path config, VerifyOptions options) {
        List<String> arguments = new ArrayList<>(List.of(
                config.toString(),
                options.root(),
                Integer.toString(options.differences()),
                Long.toString(options.memoryBytes()),
                options.scratch().toString()));
        for (RawRange range : options.required()) {
            arguments.addAll(List.of(
                    range.topic(),
                    Integer.toString(range.partition()),
                    Long.toString(range.from()),
                    Long.toString(range.to())));
        }
        return arguments;
    }

    public static void main(String[] arguments) throws IOException {
        List<RawRange> required = new ArrayList<>();
        for (int i = 5; i < arguments.length; i += 4) {
            required.add(new RawRange(
                    arguments[i],
                    Integer.parseInt(arguments[i + 1]),
                    Long.parseLong(arguments[i + 2]),
                    Long.parseLong(arguments[i + 3])));
        }
        // Plugins of file systems, from where Flink itself has them.
        Configuration flink = GlobalConfiguration.loadConfiguration();
        FileSystem.initialize(flink, PluginUtils.createPluginManagerFromRootFolder(flink));
        try {
            VerifyReport report = Verification.run(
                    new VerifyOptions(
                            ConfigFile.load(Path.of(arguments[0]), System::getenv),
                            arguments[1],
                            required,
                            Integer.parseInt(arguments[2]),
                            Long.parseLong(arguments[3]),
                            Path.of(arguments[4])),
                    System.err::println);
            new ObjectMapper().writeValue(System.out, report);
        } catch (VerifyException | ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (OutOfMemoryError e) {
            System.err.println("the heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB is too small for so many identifiers and values of dimensions: give it more with --heap");
            System.exit(1);
        }
    }
}
