package dev.millrace.core.catalogue;

import java.time.ZoneId;

/** Time zones that Java and PostgreSQL mean the same by: not {@code UTC+2}, which PostgreSQL takes to be west. */
public final class TimeZones {
    private TimeZones() {}

    /** The zone of a name in the IANA database. Throws IllegalArgumentException with a sentence for any other text. */
    public static ZoneId of(String name) {
        if (!ZoneId.getAvailableZoneIds().contains(name)) {
            throw new IllegalArgumentException(
                    "time_zone '" + name + "' is none; use a name as in Europe/Vienna, or UTC");
        }
        return ZoneId.of(name).normalized();
    }
}
