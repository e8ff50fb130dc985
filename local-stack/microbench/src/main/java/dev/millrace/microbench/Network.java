package dev.millrace.microbench;

import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.MoreLinks;
import dev.millrace.core.identity.Outbox;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.identity.Stitcher;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The actors of all identifiers in memory. What they tell each other is heard before the next event. */
final class Network {
    private final StitchOptions options;
    private final Map<String, Actor> actors = new HashMap<>();
    private final Map<String, Map<String, Long>> moreLinks = new HashMap<>();
    private final Deque<Message> underWay = new ArrayDeque<>();
    private final List<LinkKey> links = new ArrayList<>();
    private final Stitcher stitcher;
    private final Outbox post = new Post();
    private String current;
    private long told;

    Network(IdentityRules rules, StitchOptions options) {
        this.options = options;
        this.stitcher = new Stitcher(rules, new LinksInMemory());
    }

    /** Takes in an event, and gives all that it makes actors decide. */
    List<Decision> take(Arrival arrival, long watermarkMillis) {
        List<Decision> decisions = new ArrayList<>();
        Actor leaf = turnOf(arrival.leaf());
        Standing standing =
                stitcher.seen(leaf, arrival.leaf(), arrival.eventTimeMillis(), arrival.others(), arrival.alias(), post);
        boolean duplicate = leaf.recent.add(
                        arrival.messageHash(),
                        arrival.eventTimeMillis(),
                        options.dedupeWindow().toMillis(),
                        options.dedupeMaxIds())
                == RecentMessageIds.Outcome.DUPLICATE;
        decisions.add(decision(watermarkMillis, arrival, duplicate, null, standing));
        addLinks(decisions, watermarkMillis);
        while (!underWay.isEmpty()) {
            told++;
            Message message = underWay.remove();
            Standing changed = stitcher.told(turnOf(message.to()), message, post);
            if (changed != null) {
                decisions.add(decision(watermarkMillis, null, false, null, changed));
            }
            addLinks(decisions, watermarkMillis);
        }
        return decisions;
    }

    private Actor turnOf(String identifier) {
        current = identifier;
        return actors.computeIfAbsent(identifier, any -> new Actor());
    }

    private void addLinks(List<Decision> decisions, long watermarkMillis) {
        links.forEach(link -> decisions.add(decision(watermarkMillis, null, false, link, null)));
        links.clear();
    }

    private Decision decision(
            long watermarkMillis, Arrival arrival, boolean duplicate, LinkKey link, Standing standing) {
        Actor actor = actors.get(current);
        return new Decision(
                current,
                actor.profileId(current),
                actor.firstSeenMillis(),
                watermarkMillis,
                0,
                1,
                arrival,
                duplicate,
                link,
                standing);
    }

    /** All there are. */
    List<Actor> actors() {
        return List.copyOf(actors.values());
    }

    /** How many messages they have told each other. */
    long told() {
        return told;
    }

    private final class LinksInMemory implements MoreLinks {
        private Map<String, Long> ofCurrent() {
            return moreLinks.computeIfAbsent(current, any -> new HashMap<>());
        }

        @Override
        public long timeMillis(String other) {
            return ofCurrent().getOrDefault(other, NONE);
        }

        @Override
        public void put(String other, long timeMillis) {
            ofCurrent().put(other, timeMillis);
        }

        @Override
        public void forEach(Each each) {
            ofCurrent().forEach(each::accept);
        }
    }

    private final class Post implements Outbox {
        @Override
        public void send(Message message) {
            underWay.add(message);
        }

        @Override
        public void linked(LinkKey link) {
            links.add(link);
        }

        @Override
        public void linkOverLimit() {}

        @Override
        public void labelBeyondReach() {}
    }
}
