package dev.millrace.stack.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What Linux tells of a process in {@code /proc}, see proc(5).
 *
 * @param ownTicks processor time, in user mode and in the kernel
 * @param childrenTicks that of its children that have ended, and of theirs
 */
record ProcStat(long ownTicks, long childrenTicks) {
    /** {@code USER_HZ}: the same on every platform that Java 17 runs on. */
    static final double TICKS_A_SECOND = 100;

    private static final Path PROC = Path.of("/proc");
    private static final int USER_TIME = 11;
    /** Writing that to {@code clear_refs} forgets the peak so far. */
    private static final String FORGET_PEAK = "5";

    /** @param line of {@code /proc/PID/stat} */
    static ProcStat parse(String line) {
        // The program's name, in brackets, may hold anything.
        String[] fields = line.substring(line.lastIndexOf(')') + 2).strip().split(" ");
        return new ProcStat(
                Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]),
                Long.parseLong(fields[USER_TIME + 2]) + Long.parseLong(fields[USER_TIME + 3]));
    }

    /** Of a line such as {@code VmHWM:   1234 kB} among those of {@code /proc/PID/status}. */
    static OptionalLong kilobytes(Stream<String> status, String key) {
        return status.filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst();
    }

    /** Processor time of a process with all its descendants, also of those that have ended; 0 where it has. */
    static double treeSeconds(ProcessHandle process) {
        try (Stream<ProcessHandle> tree = Stream.concat(Stream.of(process), process.descendants())) {
            long ticks = tree.map(ProcStat::of)
                    .flatMap(Optional::stream)
                    .mapToLong(stat -> stat.ownTicks() + stat.childrenTicks())
                    .sum();
            return ticks / TICKS_A_SECOND;
        }
    }

    private static Optional<ProcStat> of(ProcessHandle process) {
        try {
            return Optional.of(parse(Files.readString(file(process, "stat"), StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            // It ended meanwhile; its parent counts what it used.
            return Optional.empty();
        }
    }

    /** Resident now ({@code VmRSS}) or at most ({@code VmHWM}); 0 where the system does not tell. */
    static long residentBytes(ProcessHandle process, String key) {
        try (Stream<String> lines = Files.lines(file(process, "status"))) {
            return 1024 * kilobytes(lines, key).orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Lets {@code VmHWM} begin anew, and says whether the system allows it. */
    static boolean forgetPeak(ProcessHandle process) {
        try {
            Files.writeString(file(process, "clear_refs"), FORGET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path file(ProcessHandle process, String name) {
        return PROC.resolve(Long.toString(process.pid())).resolve(name);
    }
}
