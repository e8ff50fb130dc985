package dev.millrace.stack.part;

import dev.millrace.stack.StackException;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * As whom PostgreSQL runs. It refuses to run as root; where root starts the stack, it runs in a user namespace in which
 * it is nobody, or else as the user nobody itself.
 */
enum ServerUser {
    /** This process's user. */
    SAME(List.of()),
    /** Nobody in a user namespace; files stay root's. */
    NAMESPACE(List.of("unshare", "-U")),
    /** The user nobody, whom the files are given to. */
    NOBODY(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

    private static final int ROOT = 0;
    private static final int NOBODY_ID = 65_534;

    private final List<String> prefix;

    ServerUser(List<String> prefix) {
        this.prefix = prefix;
    }

    /** The one to use here for a server whose binaries lie in {@code home}. */
    static ServerUser choose(Path home) {
        if (!Processes.run(List.of("id", "-u")).output().strip().equals("0")) {
            return SAME;
        }
        for (ServerUser candidate : List.of(NAMESPACE, NOBODY)) {
            if (candidate.canRun(home)) {
                return candidate;
            }
        }
        throw new StackException(
                "PostgreSQL does not run as root, and here neither 'unshare -U' nor 'setpriv' can make it"
                        + " another user who can read " + home + "; start the stack as an ordinary user");
    }

    private boolean canRun(Path home) {
        return Processes.onPath(prefix.get(0))
                && Processes.run(wrap(List.of(home.resolve("bin/postgres").toString(), "--version")))
                                .exit()
                        == 0;
    }

    /** The command as that user. */
    List<String> wrap(List<String> command) {
        List<String> wrapped = new ArrayList<>(prefix);
        wrapped.addAll(command);
        return wrapped;
    }

    /** Gives a file, or a directory with all in it, to that user. */
    void own(Path path) throws IOException {
        if (this == SAME || !Files.exists(path)) {
            return;
        }
        int owner = this == NOBODY ? NOBODY_ID : ROOT;
        if (Files.getAttribute(path, "unix:uid").equals(owner)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.setAttribute(each, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }
}
