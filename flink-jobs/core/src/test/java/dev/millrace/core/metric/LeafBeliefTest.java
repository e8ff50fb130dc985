package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation.SeenEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a leaf makes of records that a process has sent which had been taken for dead. */
class LeafBeliefTest {
    private static final String LEAF = "anonymous_id:a";
    private static final long BEGUN = 1_700_000_000_000L;
    private static final long LONG_BEFORE = BEGUN - 9_000;

    private final Leaf leaf = new Leaf();

    @Test
    void whoseItWasIsNotBelievedTheEventIs() {
        leaf.profileId = "later";
        assertThat(leaf.believed(record("later", BEGUN, null, null)).profileId())
                .isEqualTo("later");

        SeenEvent event = new SeenEvent("raw/0", 7, BEGUN, 1, false, BEGUN, List.of(), null, null);
        LinkKey link = LinkKey.of(BEGUN, LEAF, "user_id:u");
        Standing stale = new Standing(BEGUN, BEGUN, "before", link, false);
        Attribution people = new Attribution(LEAF, "earlier", null, 0, 1, "", 0, 0, BEGUN, null, link, stale);
        Observation believed = leaf.believed(record("earlier", LONG_BEFORE, event, people));

        assertThat(believed.profileId()).isEqualTo("later");
        assertThat(believed.previousProfileId()).isNull();
        assertThat(believed.event()).isSameAs(event);
        assertThat(believed.people().profileId()).isEqualTo("later");
        assertThat(believed.people().link()).isEqualTo(link);
        assertThat(believed.people().standing()).isNull();
    }

    @Test
    void aStandingAloneIsNothingThen() {
        leaf.profileId = "later";
        leaf.believed(record("later", BEGUN, null, null));
        Standing stale = new Standing(BEGUN, BEGUN, "before", null, false);
        Attribution people = new Attribution(LEAF, "earlier", null, 0, 1, "", 0, 0, 0, null, null, stale);

        assertThat(leaf.believed(record("earlier", LONG_BEFORE, null, people)).people())
                .isNull();
    }

    @Test
    void clocksMayBeApartAndRecordsOfBeforeTellNoTerm() {
        leaf.profileId = "one";
        leaf.believed(record("one", BEGUN, null, null));

        assertThat(leaf.believed(record("other", BEGUN - 4_000, null, null)).profileId())
                .isEqualTo("other");
        Leaf fresh = new Leaf();
        assertThat(fresh.believed(record("one", 0, null, null)).profileId()).isEqualTo("one");
    }

    private static Observation record(String profileId, long term, SeenEvent event, Attribution people) {
        return new Observation(LEAF, profileId, "before", BEGUN, term, event, people);
    }
}
