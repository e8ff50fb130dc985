package dev.millrace.stack.chaos;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.Machine;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a run took place on.
 *
 * @param commit of the checkout, with "+" where there are changes that are not committed
 * @param versions of the programs that were broken
 */
record Surroundings(Machine machine, String commit, Map<String, String> versions) {
    static Surroundings present(Path root) {
        return new Surroundings(Machine.present(), Machine.commit(root), Machine.versions(new Artefacts(root)));
    }
}
