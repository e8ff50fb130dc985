package dev.millrace.core.event;

import dev.millrace.core.event.EventPath.Element;
import dev.millrace.core.event.EventPath.EveryElement;
import dev.millrace.core.event.EventPath.Member;
import dev.millrace.core.event.EventPath.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Several paths into one JSON document, laid over each other so that one walk through it follows all. */
public final class PathTree {
    /** What is left of a path, and the number it goes by. */
    public record Rest(int number, List<Step> steps) {
        Rest next() {
            return new Rest(number, steps.subList(1, steps.size()));
        }
    }

    /** Numbers of the paths that end here. */
    private final int[] ends;
    /** Numbers of the paths that end here or lead on from here. */
    private final int[] all;

    private final Map<String, PathTree> members = new HashMap<>();
    /** By index. */
    private final Map<Integer, PathTree> elements = new HashMap<>();
    /** What holds for all other elements; null: nothing. */
    private final PathTree otherElements;

    private PathTree(List<Rest> paths) {
        ends = paths.stream()
                .filter(path -> path.steps().isEmpty())
                .mapToInt(Rest::number)
                .toArray();
        all = paths.stream().mapToInt(Rest::number).toArray();
        Set<Step> firsts = paths.stream()
                .filter(path -> !path.steps().isEmpty())
                .map(path -> path.steps().get(0))
                .collect(Collectors.toSet());
        Step every = new EveryElement();
        for (Step first : firsts) {
            if (first instanceof Member member) {
                members.put(member.name(), below(paths, first::equals));
            } else if (first instanceof Element element) {
                elements.put(element.index(), below(paths, step -> step.equals(element) || step.equals(every)));
            }
        }
        otherElements = firsts.contains(every) ? below(paths, every::equals) : null;
    }

    /** These paths, from their first steps on. */
    public static PathTree of(List<Rest> paths) {
        return new PathTree(paths);
    }

    private static PathTree below(List<Rest> paths, Predicate<Step> taken) {
        List<Rest> rests = new ArrayList<>();
        for (Rest path : paths) {
            if (!path.steps().isEmpty() && taken.test(path.steps().get(0))) {
                rests.add(path.next());
            }
        }
        return new PathTree(rests);
    }

    /** Numbers of the paths that end here. Not to be changed. */
    public int[] ends() {
        return ends;
    }

    /** Numbers of the paths that end here or lead on from here. Not to be changed. */
    public int[] all() {
        return all;
    }

    /** Whether a path goes on from here to a member of an object. */
    public boolean leadsIntoObjects() {
        return !members.isEmpty();
    }

    /** Whether a path goes on from here to an element of an array. */
    public boolean leadsIntoArrays() {
        return !elements.isEmpty() || otherElements != null;
    }

    /** What holds for the member of that name; null: nothing. */
    public PathTree member(String name) {
        return members.get(name);
    }

    /** What holds for the element at that place; null: nothing. */
    public PathTree element(int index) {
        return elements.isEmpty() ? otherElements : elements.getOrDefault(index, otherElements);
    }
}
