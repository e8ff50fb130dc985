package dev.millrace.stack.people;

import dev.millrace.contract.StitchedRecord;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.kafka.AvroDecoder;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack profile}. */
@Command(
        name = "profile",
        description = {
            "Show a person: traits, identifiers and the links that brought each here, refused links, merges, and the"
                    + " latest events.",
            "",
            "Times are event time, UTC. The links of an identifier lead from it to the one that leads the profile."
        })
public final class ProfileCommand implements Runnable {
    private static final int MAX_EVENTS = 1_000;

    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "IDENTIFIER",
            description = "type:value, as in user_id:42 or email:jane@example.com; a value of any type, which takes"
                    + " longer; or a profile id.")
    private String named;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many of the latest events, up to 1000 (default: ${DEFAULT-VALUE}).")
    private int events;

    @Option(
            names = "--all",
            description = "Show up to 10000 identifiers, refused links and merges (default: 50 of each).")
    private boolean all;

    @Override
    public void run() {
        if (events < 0 || events > MAX_EVENTS) {
            throw new ParameterException(spec.commandLine(), "--events must be from 0 to " + MAX_EVENTS);
        }
        MillraceConfig config = stack.config();
        Set<String> identifiers = person(Rules.of(config));
        if (events > 0) {
            latestEvents(config, identifiers);
        }
    }

    /** Prints all but the events; returns the person's identifiers. */
    private Set<String> person(Rules rules) {
        try (Connection store = stack.store()) {
            People people = new StoredPeople(store);
            Lookup.Found found = new Lookup(people, rules).person(named);
            found.remark().ifPresent(stack.out()::println);
            Person person = people.person(found.profileId())
                    .orElseThrow(() -> new IllegalStateException("no profile " + found.profileId()));
            return new ProfilePage(people, rules, all).print(person, found.identifier(), stack.out());
        } catch (SQLException e) {
            throw new StackException("PostgreSQL at " + stack.storeUrl() + " refuses: " + e.getMessage(), e);
        }
    }

    /** The person has been shown by now: what keeps the events away is a remark, and no failure. */
    private void latestEvents(MillraceConfig config, Set<String> identifiers) {
        if (!stack.localStack().part("kafka").running()) {
            LatestEvents.printAbsence(unreachable(config.kafka()), stack.out());
            return;
        }
        try (SchemaRegistry registry = new SchemaRegistry(config.registry());
                KafkaStitchedLog log = KafkaStitchedLog.of(config)) {
            AvroDecoder<StitchedRecord> decoder = new AvroDecoder<>(StitchedRecord.class, registry);
            LatestEvents.of(log, identifiers, events, decoder::decode).print(stack.out());
        } catch (KafkaException | UncheckedIOException | StackException e) {
            LatestEvents.printAbsence(why(e, config.kafka()), stack.out());
        }
    }

    /** Why the events can't be read. */
    static String why(RuntimeException failure, KafkaOptions kafka) {
        if (failure instanceof TimeoutException) {
            return unreachable(kafka);
        }
        return failure instanceof KafkaException
                ? "Kafka at " + kafka.bootstrapServers() + " refuses: " + failure.getMessage()
                : failure.getMessage();
    }

    private static String unreachable(KafkaOptions kafka) {
        return "Kafka can't be reached at " + kafka.bootstrapServers() + "; local-stack/stack up starts it";
    }
}
