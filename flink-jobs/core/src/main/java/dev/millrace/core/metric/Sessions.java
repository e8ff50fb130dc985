package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileUpdate.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sessions of a profile, joined of the {@link Fragment fragments} of all its leaves: as rows of their own, or what they
 * add to the windows that they begin in. A metric's session adds 1, its length in milliseconds, and 1 if it has one event
 * alone.
 */
final class Sessions {
    private Sessions() {}

    /** Puts a change in place, and tells of the sessions that are others for it. */
    static void replace(ProfileUpdate update, Metric metric, Change change) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (List<Contribution> side : List.of(change.gone, change.come)) {
            for (Contribution each : side) {
                from = Math.min(from, ((Fragment) each).firstMillis());
                to = Math.max(to, ((Fragment) each).lastMillis());
            }
        }
        List<Fragment> before = around(update, metric, from, to);
        update.keep(change.gone, change.come);
        List<Fragment> after = around(update, metric, from, to);
        if (metric.isSessionRows()) {
            rows(update, metric.gapMillis(), before, after);
            return;
        }
        before.forEach(session -> count(update, metric, session, -1));
        after.forEach(session -> count(update, metric, session, 1));
    }

    /**
     * A session that may have begun on a day that is forgotten stays as it is: it would seem to begin anew with each further
     * day that is. Only if it takes in others, whose rows go, it is written as it is remembered.
     */
    private static void rows(ProfileUpdate update, long gapMillis, List<Fragment> before, List<Fragment> after) {
        List<Fragment> written = after.stream()
                .filter(session -> update.knowsStart(session, gapMillis) || joins(session, before, update, gapMillis))
                .toList();
        for (Fragment session : before) {
            boolean gone = after.stream().noneMatch(now -> now.firstMillis() == session.firstMillis());
            boolean changes = update.knowsStart(session, gapMillis)
                    || written.stream().anyMatch(now -> now.holds(session.firstMillis()));
            if (gone && changes) {
                update.out.noSession(session.firstMillis());
            }
        }
        for (Fragment session : written) {
            if (!before.contains(session)) {
                update.out.session(session);
            }
        }
    }

    /** Whether a session is made of several, or of one that is known from its start. */
    private static boolean joins(Fragment session, List<Fragment> before, ProfileUpdate update, long gapMillis) {
        List<Fragment> parts = before.stream()
                .filter(part -> session.holds(part.firstMillis()))
                .toList();
        return parts.size() > 1 || parts.stream().anyMatch(part -> update.knowsStart(part, gapMillis));
    }

    private static void count(ProfileUpdate update, Metric metric, Fragment session, int sign) {
        long lengthMillis = session.lastMillis() - session.firstMillis();
        long[] amounts = {sign, sign * lengthMillis, session.events() == 1 ? sign : 0};
        for (WindowSize size : metric.windows()) {
            for (Window window : size.covering(session.firstMillis())) {
                if (update.hot(window)) {
                    update.out.add(metric, size, window, update.lifecycle(metric, session.landing(), window), amounts);
                }
            }
        }
    }

    /** The sessions that a change in a span of time may have made, joined, or split. */
    static List<Fragment> around(ProfileUpdate update, Metric metric, long from, long to) {
        long gap = metric.gapMillis();
        long firstDay = Day.ofMillis(from - gap);
        long lastDay = Day.ofMillis(to + gap);
        List<Fragment> fragments = new ArrayList<>();
        for (long day = firstDay; day <= lastDay; day++) {
            collect(update, metric, day, fragments);
        }
        // A session goes on for as long as there are events: maybe for days.
        while (reaches(fragments, Day.startMillis(firstDay), gap, true)) {
            firstDay--;
            if (!collect(update, metric, firstDay, fragments)) {
                break;
            }
        }
        while (reaches(fragments, Day.endMillis(lastDay), gap, false)) {
            lastDay++;
            if (!collect(update, metric, lastDay, fragments)) {
                break;
            }
        }
        if (fragments.size() > 1) {
            fragments.sort(Comparator.comparingLong(Fragment::firstMillis));
        }
        List<Fragment> sessions = Fragment.join(fragments, gap);
        sessions.removeIf(session -> session.lastMillis() < from - gap || session.firstMillis() > to + gap);
        return sessions;
    }

    private static boolean collect(ProfileUpdate update, Metric metric, long number, List<Fragment> fragments) {
        Day day = update.day(number);
        int before = fragments.size();
        if (day != null) {
            for (Held held : day.held) {
                if (held.what() instanceof Fragment fragment && fragment.metric() == metric.id()) {
                    fragments.add(fragment);
                }
            }
        }
        return fragments.size() > before;
    }

    private static boolean reaches(List<Fragment> fragments, long border, long gap, boolean back) {
        for (Fragment fragment : fragments) {
            if (back ? fragment.firstMillis() - gap <= border : fragment.lastMillis() + gap >= border) {
                return true;
            }
        }
        return false;
    }
}
