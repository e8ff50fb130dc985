package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileUpdate.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a profile adds to funnels: for each window and dimension values of a first step, 1 to each step that was reached
 * from there, whichever leaf's {@link Step steps} they were.
 */
final class Funnels {
    private static final long NEVER = Long.MIN_VALUE;

    private Funnels() {}

    /** Puts a change in place, and corrects how far the person came from each place where the funnel was entered. */
    static void replace(ProfileUpdate update, Metric metric, Change change) {
        Set<Place> places = new LinkedHashSet<>();
        places(update, metric, change, places);
        int[] before = furthest(update, metric, places);
        update.keep(change.gone, change.come);
        places(update, metric, change, places);
        int[] after = furthest(update, metric, places);
        int i = 0;
        for (Place place : places) {
            int was = i < before.length ? before[i] : 0;
            int is = after[i++];
            if (was != is) {
                long[] amounts = new long[metric.steps().size()];
                Arrays.fill(amounts, Math.min(was, is), Math.max(was, is), is > was ? 1 : -1);
                update.out.add(metric, place.size(), place.window(), place.dimensions(), amounts);
            }
        }
    }

    /** Adds the places of first steps that what has changed may have followed, behind those that are there. */
    private static void places(ProfileUpdate update, Metric metric, Change change, Set<Place> places) {
        places(update, metric, change.gone, places);
        places(update, metric, change.come, places);
    }

    private static void places(ProfileUpdate update, Metric metric, List<Contribution> changed, Set<Place> places) {
        for (Contribution each : changed) {
            long millis = ((Step) each).timeMillis();
            place(update, metric, (Step) each, places);
            for (Step start : stepsBetween(update, metric, millis - metric.withinMillis(), millis)) {
                place(update, metric, start, places);
            }
        }
    }

    private static void place(ProfileUpdate update, Metric metric, Step start, Set<Place> places) {
        if ((start.steps() & 1) == 0) {
            return;
        }
        for (WindowSize size : metric.windows()) {
            for (Window window : size.covering(start.timeMillis())) {
                if (update.hot(window)) {
                    places.add(new Place(size, window, start.dimensions()));
                }
            }
        }
    }

    /** How many steps were taken at most from each place, in their order. */
    private static int[] furthest(ProfileUpdate update, Metric metric, Set<Place> places) {
        int[] furthest = new int[places.size()];
        int i = 0;
        for (Place place : places) {
            Window window = place.window();
            List<Step> steps =
                    stepsBetween(update, metric, window.startMillis(), window.endMillis() - 1 + metric.withinMillis());
            furthest[i++] = furthest(metric, steps, place);
        }
        return furthest;
    }

    /**
     * How many steps were taken at most from a first one in a window. Of all ways to a step, the one that began last
     * has the most time left for the next: so one way is kept for each step.
     *
     * @param steps by time
     */
    private static int furthest(Metric metric, List<Step> steps, Place place) {
        long[] began = new long[metric.steps().size()];
        Arrays.fill(began, NEVER);
        int furthest = 0;
        for (int from = 0; from < steps.size() && furthest < began.length; ) {
            long millis = steps.get(from).timeMillis();
            int taken = 0;
            boolean begins = false;
            int to = from;
            for (; to < steps.size() && steps.get(to).timeMillis() == millis; to++) {
                taken |= steps.get(to).steps();
                begins |= (steps.get(to).steps() & 1) != 0
                        && steps.get(to).dimensions().equals(place.dimensions());
            }
            long minute = Contribution.minuteOf(millis);
            if (begins
                    && minute >= place.window().startMillis()
                    && minute < place.window().endMillis()) {
                began[0] = millis;
                furthest = Math.max(furthest, 1);
            }
            for (int step = 1; step < began.length; step++) {
                boolean inTime = began[step - 1] != NEVER && millis - began[step - 1] <= metric.withinMillis();
                if ((taken >> step & 1) != 0 && inTime) {
                    began[step] = Math.max(began[step], began[step - 1]);
                    furthest = Math.max(furthest, step + 1);
                }
            }
            from = to;
        }
        return furthest;
    }

    /** Steps between two times, both inclusive, by time. */
    private static List<Step> stepsBetween(ProfileUpdate update, Metric metric, long from, long to) {
        List<Step> steps = new ArrayList<>();
        long lastDay = Day.ofMillis(to);
        for (long number = Day.ofMillis(from); number <= lastDay; number++) {
            Day day = update.day(number);
            if (day == null) {
                continue;
            }
            for (Held held : day.held) {
                if (held.what() instanceof Step step
                        && step.metric() == metric.id()
                        && step.timeMillis() >= from
                        && step.timeMillis() <= to) {
                    steps.add(step);
                }
            }
        }
        if (steps.size() > 1) {
            steps.sort(Comparator.comparingLong(Step::timeMillis));
        }
        return steps;
    }

    /** Where a funnel is entered. */
    private record Place(WindowSize size, Window window, String dimensions) {
        @Override
        public int hashCode() {
            return 31 * (31 * size.text().hashCode() + Long.hashCode(window.startMillis())) + dimensions.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place that
                    && window.startMillis() == that.window.startMillis()
                    && window.endMillis() == that.window.endMillis()
                    && size.text().equals(that.size.text())
                    && dimensions.equals(that.dimensions);
        }
    }
}
