package dev.millrace.collector;

import dev.millrace.runtime.config.ConfigException;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Takes events over the Segment HTTP API and writes them to the raw topic, until it is told to end (SIGTERM or SIGINT):
 * then it answers the requests under way and exits with 0.
 */
@Command(
        name = "collector",
        mixinStandardHelpOptions = true,
        version = "millrace-collector 0.1.0-SNAPSHOT",
        sortOptions = false,
        description = "Takes events over the Segment HTTP API and writes them to the raw topic.")
public final class Collector implements Callable<Integer> {
    private static final String LOG4J_CONFIGURATION = "log4j2.configurationFile";

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "the YAML file that configures Millrace")
    private Path configFile;

    @Option(
            names = "--write-keys",
            required = true,
            paramLabel = "FILE",
            description = "properties file, a line write_key=source for each client")
    private Path writeKeysFile;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "address to listen on (default ${DEFAULT-VALUE})")
    private String host;

    @Option(names = "--port", defaultValue = "18080", description = "port to listen on (default ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--max-body-bytes",
            defaultValue = "1000000",
            description = "largest body of a request, inflated (default ${DEFAULT-VALUE})")
    private int maxBodyBytes;

    private Collector() {}

    @Override
    public Integer call() throws InterruptedException {
        Logger log = LoggerFactory.getLogger(Collector.class);
        if (maxBodyBytes < 1) {
            throw new IllegalArgumentException("--max-body-bytes must be above zero, but is " + maxBodyBytes);
        }
        MillraceConfig config = ConfigFile.load(configFile);
        WriteKeys writeKeys = WriteKeys.load(writeKeysFile);
        String topic = config.topics().produced();
        KafkaEventSink sink = new KafkaEventSink(config.kafka(), config.registry(), topic);
        CollectorServer server = new CollectorServer(host, port, sink, writeKeys, maxBodyBytes, Clock.systemUTC());
        try {
            server.start();
        } catch (IOException e) {
            log.error("can't listen on {}:{}; choose another with --host and --port ({})", host, port, e.toString());
            return CommandLine.ExitCode.SOFTWARE;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, sink, log), "shutdown"));
        sink.start();
        log.info(
                "listening on http://{}:{} for the sources {}; events go to {}",
                host,
                server.port(),
                String.join(", ", writeKeys.sources()),
                topic);
        new CountDownLatch(1).await(); // the shutdown hook ends the process
        return CommandLine.ExitCode.OK;
    }

    private static void stop(CollectorServer server, KafkaEventSink sink, Logger log) {
        server.close();
        sink.close();
        log.info("stopped");
        Runtime.getRuntime().halt(CommandLine.ExitCode.OK); // else the exit code would be the signal's
    }

    public static void main(String[] arguments) {
        // Only here: the stack has this module on its class path, and logs in its own way.
        if (System.getProperty(LOG4J_CONFIGURATION) == null) {
            System.setProperty(LOG4J_CONFIGURATION, "log4j2-collector.xml");
        }
        int exitCode = new CommandLine(new Collector())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof ConfigException || e instanceof IllegalArgumentException) {
                        command.getErr().println("collector: " + e.getMessage());
                        return CommandLine.ExitCode.USAGE;
                    }
                    throw e;
                })
                .execute(arguments);
        System.exit(exitCode);
    }
}
