package dev.millrace.setup;

import dev.millrace.runtime.config.ConfigException;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * Creates the topics, registers the schemas and migrates the serving store. What is there already stays as it is, so
 * that it can be run before every deployment. {@code retention} is another command: it drops what the store need not keep.
 *
 * <p>Exit codes: 0 done; 1 a server could not be reached or refused, with a sentence on standard error; 2 the arguments
 * or the configuration can't be used.
 */
@Command(
        name = "millrace-setup",
        mixinStandardHelpOptions = true,
        version = "millrace-setup 0.1.0-SNAPSHOT",
        description = {
            "Creates the topics, registers the schemas and migrates the serving store.",
            "What is there already stays as it is: run it before every deployment."
        },
        subcommands = RetentionCommand.class)
public final class Setup implements Callable<Integer> {
    private static final String LOG4J_CONFIGURATION = "log4j2.configurationFile";

    enum Part {
        ALL,
        TOPICS,
        SCHEMAS,
        STORE;

        private boolean includes(Part part) {
            return this == ALL || this == part;
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PART",
            defaultValue = "all",
            converter = PartConverter.class,
            description = "all (default), topics, schemas or store")
    private Part part;

    @Option(
            names = "--config",
            required = true,
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "the YAML file that configures Millrace")
    private Path configFile;

    private Setup() {}

    /** Prepares everything: topics, schemas, store. Throws {@link SetupException} where one can't be. */
    public static void prepare(MillraceConfig config, Consumer<String> progress) {
        prepare(config, Part.ALL, progress);
    }

    private static void prepare(MillraceConfig config, Part part, Consumer<String> progress) {
        if (part.includes(Part.STORE)) {
            config.requireStore(); // before anything is changed
        }
        if (part.includes(Part.TOPICS)) {
            Topics.create(config.kafka(), config.topics(), progress);
        }
        if (part.includes(Part.SCHEMAS)) {
            Schemas.register(config.registry(), config.topics(), progress);
        }
        if (part.includes(Part.STORE)) {
            Store.migrate(config.requireStore(), progress);
        }
    }

    Path configFile() {
        return configFile;
    }

    @Override
    public Integer call() {
        MillraceConfig config = ConfigFile.load(configFile);
        prepare(config, part, System.out::println);
        return CommandLine.ExitCode.OK;
    }

    static CommandLine commandLine() {
        return new CommandLine(new Setup()).setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof ConfigException || e instanceof IllegalArgumentException) {
                command.getErr().println("millrace-setup: " + e.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            if (e instanceof SetupException) {
                command.getErr().println("millrace-setup: " + e.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw e;
        });
    }

    public static void main(String[] arguments) {
        // Only here: as a library, this must not decide how its host logs.
        if (System.getProperty(LOG4J_CONFIGURATION) == null) {
            System.setProperty(LOG4J_CONFIGURATION, "log4j2-setup.xml");
        }
        System.exit(commandLine().execute(arguments));
    }

    static final class PartConverter implements ITypeConverter<Part> {
        @Override
        public Part convert(String text) {
            for (Part part : Part.values()) {
                if (part.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return part;
                }
            }
            throw new TypeConversionException("'" + text + "' is none of all, topics, schemas, store");
        }
    }
}
