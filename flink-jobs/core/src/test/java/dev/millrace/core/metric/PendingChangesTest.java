package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.core.metric.ProfileChange.Scope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingChangesTest {
    private static final long HOT_SINCE = 5;

    private final PendingChanges pending = new PendingChanges();

    @Test
    void ofOneHourOnlyTheLastWordIsPassedOn() {
        pending.add(hour("p", 1, 7, List.of(1), presence(1, 7, 0b01)));
        pending.add(hour("p", 1, 7, List.of(1, 2), presence(1, 7, 0b11), presence(2, 7, 0b10)));
        pending.add(hour("p", 1, 7, List.of(3), presence(3, 7, 0b100)));

        assertThat(pending.size()).isEqualTo(1);
        ProfileChange only = flushed().get(0);
        assertThat(only.metrics()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(only.contributions())
                .containsExactlyInAnyOrder(presence(1, 7, 0b11), presence(2, 7, 0b10), presence(3, 7, 0b100));
    }

    @Test
    void whatComesAfterAllIsPartOfIt() {
        pending.add(change("p", 1, Scope.ALL, 0, List.of(), presence(1, 6, 1), presence(1, 7, 1), presence(2, 7, 1)));
        pending.add(hour("p", 1, 7, List.of(1), presence(1, 7, 0b11)));

        ProfileChange only = flushed().get(0);
        assertThat(only.scope()).isEqualTo(Scope.ALL);
        assertThat(only.contributions())
                .containsExactlyInAnyOrder(presence(1, 6, 1), presence(2, 7, 1), presence(1, 7, 0b11));
    }

    @Test
    void aContributionThatIsNoMoreIsTakenOut() {
        pending.add(hour("p", 1, 7, List.of(1), presence(1, 7, 1)));
        pending.add(hour("p", 1, 7, List.of(1)));

        ProfileChange only = flushed().get(0);
        assertThat(only.metrics()).containsExactly(1);
        assertThat(only.contributions()).isEmpty();
    }

    /** Else what the first has to say of windows that the second finds past the horizon would be lost. */
    @Test
    void whatIsSaidWhenOtherWindowsChangeIsSaidByItself() {
        ProfileChange first =
                new ProfileChange("p", 1, HOT_SINCE, 0, Scope.ALL, 0, List.of(), List.of(presence(1, 6, 1)));
        ProfileChange second =
                new ProfileChange("p", 1, HOT_SINCE + 1, 0, Scope.HOUR, 7, List.of(1), List.of(presence(1, 7, 1)));
        pending.add(first);
        pending.add(second);

        assertThat(flushed()).containsExactly(first, second);
    }

    @Test
    void leavesHoursAndMovesKeepTheirOrder() {
        pending.add(hour("p", 1, 7, List.of(1), presence(1, 7, 1)));
        pending.add(hour("p", 2, 7, List.of(1), presence(1, 7, 0b10)));
        pending.add(hour("p", 1, 8, List.of(1), presence(1, 8, 1)));
        pending.add(change("p", 1, Scope.LEFT, 0, List.of()));
        pending.add(change("q", 1, Scope.ALL, 0, List.of(), presence(1, 7, 1)));

        assertThat(flushed())
                .filteredOn(change -> change.leaf() == 1)
                .extracting(ProfileChange::profileId, ProfileChange::scope, ProfileChange::hour)
                .containsExactly(
                        tuple("p", Scope.HOUR, 7L),
                        tuple("p", Scope.HOUR, 8L),
                        tuple("p", Scope.LEFT, 0L),
                        tuple("q", Scope.ALL, 0L));
        assertThat(pending.size()).isZero();
        assertThat(flushed()).isEmpty();
    }

    private List<ProfileChange> flushed() {
        List<ProfileChange> flushed = new ArrayList<>();
        pending.flush(flushed::add);
        return flushed;
    }

    private static ProfileChange hour(
            String profile, long leaf, long hour, List<Integer> metrics, Contribution... contributions) {
        return change(profile, leaf, Scope.HOUR, hour, metrics, contributions);
    }

    private static ProfileChange change(
            String profile, long leaf, Scope scope, long hour, List<Integer> metrics, Contribution... contributions) {
        return new ProfileChange(profile, leaf, HOT_SINCE, 3, scope, hour, metrics, List.of(contributions));
    }

    private static Presence presence(int metric, long hour, long minutes) {
        return new Presence(metric, hour, "[]", minutes);
    }
}
