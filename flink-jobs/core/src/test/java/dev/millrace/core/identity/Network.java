package dev.millrace.core.identity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Actors and the messages between them, in memory: what StitchJob is, without Flink and Kafka. Every message, and every
 * actor at each of its steps, goes through its binary form or is copied, as a state backend does.
 */
final class Network implements Outbox {
    /** As Millrace has it by default, in so far as actors have to know. */
    record Types(int anchorLinks, int otherLinks, int maxPath) implements IdentifierTypes {
        static final Types UNBOUNDED = new Types(1_000_000, 1_000_000, 1_000);

        @Override
        public boolean isAnchor(String identifier) {
            return identifier.startsWith("user_id:");
        }

        @Override
        public int maxLinks(String identifier) {
            return isAnchor(identifier) ? anchorLinks : otherLinks;
        }
    }

    /** All there was at one time, messages under way included. */
    record Checkpoint(
            Map<String, Actor> actors,
            Map<String, Map<String, Long>> moreLinks,
            Map<String, Told> told,
            List<Message> messages) {}

    /** What readers were last told of an identifier. */
    record Told(String leader, Standing standing) {}

    private static final long DEDUPE_WINDOW_MILLIS = 1000;
    private static final int DEDUPE_MAX_IDS = 4;

    /** By identifier: what readers were last told of it, before failures too. */
    final Map<String, Standing> standings = new TreeMap<>();
    /** By identifier: who leads it, as readers were last told, be it in a time that was rolled back. */
    final Map<String, String> leadersRead = new TreeMap<>();
    /** Messages under way. */
    final List<Message> messages = new ArrayList<>();
    /** Every link that was reported, the earliest time of each pair. */
    final Map<Resolution.Pair, Long> links = new TreeMap<>();

    int sent;
    int linksOverLimit;
    int labelsBeyondReach;

    private final Random random;
    private final Stitcher stitcher;
    private final ActorCodec codec = new ActorCodec();
    private final Map<String, Actor> actors = new TreeMap<>();
    private final Map<String, Map<String, Long>> moreLinks = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    /** What was sent since the last checkpoint. */
    private final List<Message> sentSince = new ArrayList<>();

    private boolean mayFail;

    private String current;

    Network(IdentifierTypes types, Random random) {
        this.random = random;
        this.stitcher = new Stitcher(types, new MoreLinks() {
            @Override
            public long timeMillis(String other) {
                return mine().getOrDefault(other, NONE);
            }

            @Override
            public void put(String other, long timeMillis) {
                mine().put(other, timeMillis);
            }

            @Override
            public void forEach(Each each) {
                mine().forEach(each::accept);
            }

            private Map<String, Long> mine() {
                return moreLinks.computeIfAbsent(current, identifier -> new HashMap<>());
            }
        });
    }

    /**
     * A network that has seen all these events and come to rest. Events and messages arrive in random order, some of them
     * twice, and at times everything falls back to a checkpoint while what was sent since stays under way.
     */
    static Network settled(List<SeenEvent> events, IdentifierTypes types, Random random) {
        List<SeenEvent> arriving = new ArrayList<>(events);
        for (SeenEvent event : events) {
            if (random.nextInt(3) == 0) {
                arriving.add(event);
            }
        }
        Collections.shuffle(arriving, random);
        Network network = new Network(types, random);
        // Some networks are slow, so that much is under way; some answer each event at once.
        double haste = random.nextDouble();
        int failures = random.nextInt(3);
        int next = 0;
        int read = 0;
        Checkpoint checkpoint = network.checkpoint();
        while (next < arriving.size() || !network.messages.isEmpty()) {
            if (next < arriving.size() && (network.messages.isEmpty() || random.nextDouble() > haste)) {
                network.event(arriving.get(next++));
            } else {
                network.deliver();
            }
            int chance = random.nextInt(20);
            if (failures > 0 && chance == 0) {
                failures--;
                network.restore(checkpoint);
                next = read;
            } else if (chance == 1) {
                checkpoint = network.checkpoint();
                read = next;
            }
        }
        return network;
    }

    /** An event arrives at its leaf. */
    void event(SeenEvent event) {
        step(
                event.leaf(),
                actor -> stitcher.seen(actor, event.leaf(), event.timeMillis(), event.others(), event.alias(), this));
    }

    /** One message arrives, any of those under way; it may come once more. */
    void deliver() {
        int index = random.nextInt(messages.size());
        Message message = messages.get(index);
        if (random.nextInt(8) > 0) {
            messages.set(index, messages.get(messages.size() - 1));
            messages.remove(messages.size() - 1);
        }
        step(message.to(), actor -> stitcher.told(actor, message, this));
    }

    /** Delivers all messages, and those that they cause. */
    void settle() {
        while (!messages.isEmpty()) {
            deliver();
        }
    }

    private interface Step {
        Standing of(Actor actor);
    }

    private void step(String identifier, Step step) {
        current = identifier;
        Actor before = actors.getOrDefault(identifier, new Actor());
        Actor actor;
        byte[] bytes = bytes(before);
        if (random.nextBoolean()) {
            actor = actor(bytes);
            require(Arrays.equals(bytes(actor), bytes), identifier, "is read back as another actor");
        } else {
            actor = before.copy();
        }
        boolean isNew = actor.isNew();
        Standing standing = step.of(actor);
        require(Arrays.equals(bytes(before), bytes), identifier, "changed where only its copy should");
        actors.put(identifier, actor);
        boolean isBetter = !Objects.equals(before.label, actor.label);
        tell(identifier, Stitcher.leader(actor, identifier), isNew, isBetter, standing);
    }

    /** Readers can follow: they are told of a better label, of a new profile with the one before it, and nothing twice. */
    private void tell(String identifier, String leader, boolean isNew, boolean isBetter, Standing standing) {
        Told last = told.get(identifier);
        boolean moved = !isNew && !leader.equals(last.leader());
        if (standing == null) {
            require(!isNew && !moved && !isBetter, identifier, "changed and nobody was told");
            return;
        }
        String previous = moved ? ProfileId.ledBy(last.leader()) : null;
        require(Objects.equals(standing.previousProfileId(), previous), identifier, "names a wrong profile before");
        require(isNew || isBetter || !standing.equals(last.standing()), identifier, "says the same twice");
        told.put(identifier, new Told(leader, standing));
        standings.put(identifier, standing);
        leadersRead.put(identifier, leader);
    }

    /** All there is now; later steps leave it as it is. */
    Checkpoint checkpoint() {
        Map<String, Actor> actorsNow = new TreeMap<>(actors);
        Map<String, Map<String, Long>> moreLinksNow = new HashMap<>();
        moreLinks.forEach((identifier, links) -> moreLinksNow.put(identifier, new HashMap<>(links)));
        mayFail = true;
        sentSince.clear();
        return new Checkpoint(actorsNow, moreLinksNow, new HashMap<>(told), new ArrayList<>(messages));
    }

    /** Falls back to the last checkpoint; messages sent since come nevertheless, and those received since again. */
    void restore(Checkpoint checkpoint) {
        actors.clear();
        actors.putAll(checkpoint.actors());
        moreLinks.clear();
        checkpoint.moreLinks().forEach((identifier, links) -> moreLinks.put(identifier, new HashMap<>(links)));
        told.clear();
        told.putAll(checkpoint.told());
        messages.clear();
        messages.addAll(checkpoint.messages());
        messages.addAll(sentSince);
    }

    /** The identifier that leads each identifier's profile. */
    Map<String, String> leaders() {
        Map<String, String> leaders = new TreeMap<>();
        actors.forEach((identifier, actor) -> leaders.put(identifier, Stitcher.leader(actor, identifier)));
        return leaders;
    }

    /** The actor of an identifier that was seen. */
    Actor actor(String identifier) {
        return actors.get(identifier);
    }

    @Override
    public void send(Message message) {
        Message received = message(bytes(message));
        require(received.equals(message), message.from(), "sent another message than was received");
        messages.add(received);
        if (mayFail) {
            sentSince.add(received);
        }
        sent++;
    }

    @Override
    public void linked(LinkKey link) {
        links.merge(new Resolution.Pair(link.lesser(), link.greater()), link.timeMillis(), Math::min);
    }

    @Override
    public void linkOverLimit() {
        linksOverLimit++;
    }

    @Override
    public void labelBeyondReach() {
        labelsBeyondReach++;
    }

    /** As an assertion, but quick: this is asked at every step. */
    private static void require(boolean holds, String identifier, String otherwise) {
        if (!holds) {
            throw new AssertionError(identifier + ' ' + otherwise);
        }
    }

    private byte[] bytes(Actor actor) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            codec.write(actor, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Actor actor(byte[] bytes) {
        try {
            return codec.readActor(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            codec.write(message, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Message message(byte[] bytes) {
        try {
            return codec.readMessage(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
