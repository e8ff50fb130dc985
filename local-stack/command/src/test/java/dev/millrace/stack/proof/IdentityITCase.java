package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.IdentityCase;
import dev.millrace.core.identity.Resolution.Pair;
import dev.millrace.core.identity.SeenEvent;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who everyone is, for all known streams of events at once: in random order, some events twice, over several partitions,
 * told between actors through Kafka, and with a TaskManager that dies in mid-stream.
 */
class IdentityITCase {
    private static final long SEED = 20_260_101;
    private static final int EVENTS_PER_SECOND = 120;

    private static TestStack stack;

    @BeforeAll
    static void up() {
        stack = TestStack.up("identity", Path.of("src", "test", "resources", "identity.yaml"));
    }

    @AfterAll
    static void down() throws IOException {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void everyStreamEndsInItsProfilesWhateverHappensOnTheWay() throws SQLException {
        Map<String, String> profiles = new TreeMap<>();
        Set<Pair> refusedLinks = new TreeSet<>();
        List<Event> events = new ArrayList<>();
        List<IdentityCase> cases = IdentityCase.all();
        Instant start = Instant.now().minus(Duration.ofHours(1));
        for (int i = 0; i < cases.size(); i++) {
            int number = i;
            IdentityCase each = cases.get(i);
            each.leaders()
                    .forEach((identifier, leader) ->
                            profiles.put(apart(number, identifier), FromScratch.profileId(apart(number, leader))));
            each.refusedLinks()
                    .forEach(link ->
                            refusedLinks.add(Pair.of(apart(number, link.lesser()), apart(number, link.greater()))));
            for (int j = 0; j < each.events().size(); j++) {
                events.add(event(number, j, each.events().get(j), start));
            }
        }
        Random random = new Random(SEED);
        for (Event event : List.copyOf(events)) {
            if (random.nextInt(5) == 0) {
                events.add(event);
            }
        }
        Collections.shuffle(events, random);

        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(() -> stack.sendEvents(events, EVENTS_PER_SECOND, new Random(SEED + 1)));
        stack.awaitCheckpoint();
        Part taskManager = stack.local().part("taskmanager-1");
        long restoresBefore = stack.restores("millrace-stitch");
        assertThat(sending)
                .as("the stream is under way when the TaskManager dies")
                .isNotDone();
        taskManager.kill();
        taskManager.start();
        sending.join();

        String which = "seed " + SEED;
        await("everyone's profile on the topic and in the store")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> {
                    assertThat(stack.stitchedProfiles()).as(which).isEqualTo(profiles);
                    assertThat(stack.profiles()).as(which).isEqualTo(profiles);
                    assertThat(stack.refusedLinks()).as(which).isEqualTo(refusedLinks);
                });
        stack.settle();
        assertThat(stack.stitchedProfiles()).as(which).isEqualTo(profiles);
        assertThat(stack.profiles()).as(which).isEqualTo(profiles);
        assertThat(stack.refusedLinks()).as(which).isEqualTo(refusedLinks);
        await("StitchJob's restart from a checkpoint")
                .atMost(Duration.ofMinutes(1))
                .until(() -> stack.restores("millrace-stitch") > restoresBefore);
        assertThat(stack.parallelism("millrace-stitch"))
                .as("all stages run twice, side by side")
                .hasSizeGreaterThan(1)
                .allSatisfy((stage, parallelism) -> assertThat(parallelism).isEqualTo(2));
        TopicOptions topics = stack.config().topics();
        for (String topic : List.of(topics.produced(), topics.identityLoop(), topics.stitched())) {
            assertThat(stack.partitions(topic))
                    .as("partitions of %s that were written to", topic)
                    .containsExactly(0, 1, 2, 3);
        }
    }

    /** An identifier of one stream that is none of any other, at the same place in the order of its own. */
    private static String apart(int stream, String identifier) {
        int colon = identifier.indexOf(':');
        return identifier.substring(0, colon + 1) + 'c' + stream + '-' + identifier.substring(colon + 1);
    }

    private static Event event(int stream, int number, IdentityCase.Named named, Instant start) {
        SeenEvent seen = named.seen();
        List<String> all = new ArrayList<>();
        all.add(seen.leaf());
        all.addAll(seen.others());
        ObjectNode properties = new ObjectMapper().createObjectNode();
        List<String> users = new ArrayList<>();
        for (String identifier : all) {
            String apart = apart(stream, identifier);
            String type = apart.substring(0, apart.indexOf(':'));
            String value = apart.substring(apart.indexOf(':') + 1);
            if (type.equals("user_id")) {
                users.add(value);
            } else {
                properties.withArray("/" + type).add(value);
            }
        }
        // In no stream does an event name two users but an alias.
        assertThat(users.size()).isLessThanOrEqualTo(named.alias() ? 2 : 1);
        long timeMillis = start.toEpochMilli() + named.timeMillis();
        return new Event(
                "c" + stream + "-" + number,
                named.alias() ? "alias" : "track",
                named.alias() ? null : "Seen",
                users.isEmpty() ? null : users.get(0),
                null,
                users.size() > 1 ? users.get(1) : null,
                null,
                "cases",
                timeMillis,
                null,
                timeMillis,
                properties.toString(),
                null,
                null,
                null);
    }
}
