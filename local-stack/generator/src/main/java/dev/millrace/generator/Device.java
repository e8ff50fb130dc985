package dev.millrace.generator;

import java.util.UUID;

/**
 * What somebody visits with.
 *
 * @param shared whether others use it too, so that people log out when they leave
 * @param clockErrorMillis how far its clock is ahead of the true time
 */
record Device(Platform platform, String anonymousId, boolean shared, long clockErrorMillis) {
    enum Platform {
        WEB("web"),
        MOBILE_WEB("web"),
        IOS("ios"),
        ANDROID("android"),
        KIOSK("kiosk");

        /** Of its events. */
        final String source;

        Platform(String source) {
            this.source = source;
        }

        boolean isApp() {
            return this == IOS || this == ANDROID;
        }
    }

    private static final double WRONG_CLOCKS = 0.04;
    private static final Platform[] OWNED = {
        Platform.WEB, Platform.MOBILE_WEB, Platform.WEB, Platform.IOS, Platform.ANDROID, Platform.MOBILE_WEB
    };

    static Device owned(long key, boolean shared) {
        Dice dice = new Dice(key);
        Platform platform = OWNED[dice.below(OWNED.length)];
        long error = 0;
        if (dice.chance(WRONG_CLOCKS)) {
            long size = dice.spread(30_000, 2 * 86_400_000L);
            error = dice.chance(0.5) ? size : -size;
        }
        return new Device(platform, uuid(dice.next(), dice.next()), shared, error);
    }

    static Device kiosk(long key) {
        Dice dice = new Dice(key);
        return new Device(Platform.KIOSK, uuid(dice.next(), dice.next()), true, 0);
    }

    /** The text of a random (version 4) UUID of these bits. */
    static String uuid(long high, long low) {
        return new UUID(high & ~0xF000L | 0x4000L, low & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L).toString();
    }
}
