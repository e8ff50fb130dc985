package dev.millrace.microbench;

import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import java.util.HashMap;
import java.util.Map;

/** All profiles in memory. */
final class Profiles {
    private record Kept(Profile profile, DaysInMemory days) {}

    private final Measuring rules;
    private final Map<String, Kept> profiles = new HashMap<>();

    Profiles(Measuring rules) {
        this.rules = rules;
    }

    void take(ProfileChange change, Profile.Output out) {
        Kept kept = profiles.computeIfAbsent(change.profileId(), any -> new Kept(new Profile(), new DaysInMemory()));
        kept.profile.apply(change, Measuring.EVER, rules, kept.days, out);
    }
}
