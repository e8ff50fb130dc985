package dev.millrace.core.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import org.junit.jupiter.api.Test;

class PeopleRowsTest {
    private static final String DEVICE = "anonymous_id:d";
    private static final String USER = "user_id:u";
    private static final String OF_DEVICE = ProfileId.ledBy(DEVICE);
    private static final String OF_USER = ProfileId.ledBy(USER);
    private static final LinkKey LINK = LinkKey.of(500, USER, DEVICE);

    @Test
    void aProfileGoesIntoAnotherWhenItsLeaderDoes() {
        Standing joined = new Standing(100, 500, OF_DEVICE, LINK, false);
        assertThat(ProfileMerge.of(moved(DEVICE, OF_USER, joined), 9))
                .contains(new ProfileMerge(OF_DEVICE, OF_USER, LINK, 9));
        // One of the device's followers, which moves along.
        assertThat(ProfileMerge.of(moved("email:e", OF_USER, joined), 9)).isEmpty();
        // Nothing moved, or nothing made it.
        assertThat(ProfileMerge.of(moved(DEVICE, OF_USER, new Standing(100, 500, null, LINK, false)), 9))
                .isEmpty();
        assertThat(ProfileMerge.of(moved(DEVICE, OF_USER, new Standing(100, 500, OF_DEVICE, null, false)), 9))
                .isEmpty();
        assertThat(ProfileMerge.of(moved(DEVICE, OF_USER, null), 9)).isEmpty();
    }

    @Test
    void whatTheStoreCanNotHoldIsTold() {
        assertThat(StoreBounds.canHold("user_id:42 \uD83D\uDE00")).isTrue();
        assertThat(StoreBounds.canHold("user_id:\u0000")).isFalse();
        assertThat(StoreBounds.canHold("user_id:\uD83D")).isFalse();
        assertThat(StoreBounds.canHold("user_id:\uDE00\uD83D")).isFalse();
        assertThat(StoreBounds.canHold("x".repeat(StoreBounds.MAX_KEY_BYTES))).isTrue();
        assertThat(StoreBounds.canHold("x".repeat(StoreBounds.MAX_KEY_BYTES + 1)))
                .isFalse();
        assertThat(StoreBounds.canHold("é".repeat(StoreBounds.MAX_KEY_BYTES / 2)))
                .isTrue();
        assertThat(StoreBounds.canHold("é".repeat(StoreBounds.MAX_KEY_BYTES / 2) + 'x'))
                .isFalse();
        assertThat(StoreBounds.canHold(LINK)).isTrue();
        assertThat(StoreBounds.canHold(LinkKey.of(0, USER, USER))).isFalse();
        assertThat(StoreBounds.canHold(LinkKey.of(0, USER, "device_id:\u0000"))).isFalse();
        String longest = "語".repeat(512);
        assertThat(StoreBounds.canHold("user_id:" + longest)).isTrue();
        assertThat(StoreBounds.canHold(LinkKey.of(0, "user_id:" + longest, "device_id:" + longest)))
                .isFalse();
        assertThat(StoreBounds.canHold("user_id:" + longest, "語".repeat(256))).isTrue();
    }

    private static Attribution moved(String identifier, String to, Standing standing) {
        return new Attribution(identifier, to, null, 0, 1, "", 0, 0, 0, null, null, standing);
    }
}
