package dev.millrace.stack.chaos;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.StackOptions;
import dev.millrace.stack.chaos.ChaosReport.Happened;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** One run: a stack comes up, events come in, faults happen one after the other, and in the end everything is checked. */
final class Chaos {
    private static final Duration BEGINS_WITHIN = Duration.ofMinutes(5);
    private static final Duration RECOVERS_WITHIN = Duration.ofMinutes(5);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(60);
    private static final Duration MIRRORED_WITHIN = Duration.ofMinutes(2);

    private final ChaosOptions options;
    private final Surroundings surroundings;
    private final Verifier verifier;
    private final ChaosStack stack;
    private final Consumer<String> progress;
    private final List<Happened> faults = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private Instant started = Instant.now();
    private Traffic.Counts sent = new Traffic.Counts(0, 0, 0, 0, 0, 0, 0);
    private long unacknowledged;
    private ColdAudit audit;
    private Verdict verdict;

    private Chaos(
            ChaosOptions options,
            Surroundings surroundings,
            Verifier verifier,
            ChaosStack stack,
            Consumer<String> progress) {
        this.options = options;
        this.surroundings = surroundings;
        this.verifier = verifier;
        this.stack = stack;
        this.progress = progress;
    }

    /**
     * Runs it, and takes the stack down. An interrupt ends it early, with a report of what there was and nothing verified.
     *
     * @param root the checkout
     * @param parent where the stack's directory is made
     */
    static ChaosReport run(Path root, Path parent, ChaosOptions options, Verifier verifier, Consumer<String> progress) {
        Surroundings surroundings = Surroundings.present(root);
        try (ChaosStack stack = ChaosStack.up(root, parent, options.taskManagers(), progress)) {
            Chaos chaos = new Chaos(options, surroundings, verifier, stack, progress);
            try {
                chaos.run();
            } catch (InterruptedException e) {
                chaos.troubles.add("interrupted: nothing was verified");
            } catch (RuntimeException e) {
                // Whatever it is, there is a report, and what the stack has written stays.
                chaos.troubles.add(
                        Thread.interrupted()
                                ? "interrupted: nothing was verified"
                                : Objects.requireNonNullElse(e.getMessage(), e.toString()));
            }
            ChaosReport report = chaos.report();
            if (!report.successful()) {
                stack.keep();
            }
            return report;
        }
    }

    private void run() throws InterruptedException {
        LocalStack local = stack.local();
        MillraceConfig config = local.config();
        Path ledgerFile = stack.data().root().resolve("ledger/acknowledged.txt");
        Ledger ledger = new Ledger(ledgerFile);
        try (ledger;
                Traffic traffic = new Traffic(options, config, local.collectorUrl(), StackOptions.WRITE_KEY, ledger)) {
            traffic.start();
            try {
                breakThings(local, traffic);
            } finally {
                sent = traffic.counts();
                unacknowledged = sent.unacknowledged();
            }
            progress.accept("no more faults; waiting until all that was sent is acknowledged");
            unacknowledged = traffic.end(ACKNOWLEDGED_WITHIN);
            sent = traffic.counts();
        }
        if (unacknowledged > 0) {
            troubles.add(unacknowledged + " records were never acknowledged");
        }
        progress.accept("comparing cold storage with the raw topic and with what was acknowledged");
        audit = ColdAudit.of(
                config, stack.data().cold(), stack.data().root().resolve("ledger"), ledger, MIRRORED_WITHIN);
        progress.accept("comparing the store with what cold storage comes to");
        verdict = verifier.verify(stack.data(), progress);
    }

    private void breakThings(LocalStack local, Traffic traffic) throws InterruptedException {
        Pulse pulse = new Pulse(local, traffic, progress);
        Optional<String> never = pulse.await(BEGINS_WITHIN, Instant.EPOCH, null);
        if (never.isPresent()) {
            throw new StackException("the stack does not keep up even before the first fault: " + never.get());
        }
        Schedule schedule =
                new Schedule(options.seed(), options.faults(), options.taskManagers(), LocalStack.PARALLELISM);
        Injector injector = new Injector(local, stack.disk(), progress);
        started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        long begunNanos = System.nanoTime();
        progress.accept("events come in and are counted; faults begin");
        while (!options.once() || faults.size() < options.faults().size()) {
            Fault next = schedule.next();
            Thread.sleep((long) (1000 * next.calmSeconds()));
            if (System.nanoTime() - begunNanos > options.atMost().toNanos()) {
                return;
            }
            Fault fault = injector.aimed(next);
            Effect effect = new Effect(fault, Instant.now());
            double at = seconds(begunNanos);
            progress.accept(String.format(
                    Locale.ROOT, "%6.1f s  %-20s %s", at, fault.kind().label(), fault.target()));
            Optional<String> amiss;
            double recovery = 0;
            try {
                long over = injector.inject(fault, effect);
                amiss = pulse.await(RECOVERS_WITHIN, Instant.now().minusNanos(System.nanoTime() - over), effect);
                recovery = seconds(over);
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                amiss = Optional.of(Objects.requireNonNullElse(e.getMessage(), e.toString()));
            }
            faults.add(new Happened(fault, at, amiss.isEmpty() ? recovery : null));
            if (amiss.isPresent()) {
                troubles.add("no recovery from fault " + fault.number() + ", "
                        + fault.kind().label() + " (" + fault.target() + "): " + amiss.get());
                return;
            }
            progress.accept(String.format(Locale.ROOT, "%10s recovered in %.1f s", "", recovery));
        }
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    private ChaosReport report() {
        List<FaultKind> notFitted = options.faults().stream()
                .filter(kind -> faults.stream().noneMatch(each -> each.fault().kind() == kind))
                .toList();
        return new ChaosReport(
                options,
                surroundings,
                started,
                stack.disk().how(),
                List.copyOf(faults),
                notFitted,
                sent,
                unacknowledged,
                audit,
                verdict,
                List.copyOf(troubles));
    }
}
