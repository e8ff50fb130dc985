package dev.millrace.stack.command;

import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import dev.millrace.stack.part.Part;
import dev.millrace.stack.process.Processes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code stack status}. */
@Command(name = "status", description = "Show each part: whether it serves, its process, memory and address.")
public final class StatusCommand implements Runnable {
    @ParentCommand
    private Stack stack;

    @Override
    public void run() {
        LocalStack localStack = stack.localStack();
        Table table = new Table(List.of("part", "state", "pid", "up for", "memory", "address"));
        long total = 0;
        for (Part part : localStack.parts()) {
            Optional<ProcessHandle> process = part.process();
            OptionalLong memory = process.map(Processes::residentBytes).orElse(OptionalLong.empty());
            total += memory.orElse(0);
            table.row(List.of(
                    part.name(),
                    part.state().name().toLowerCase(Locale.ROOT),
                    process.map(handle -> Long.toString(handle.pid())).orElse(""),
                    process.flatMap(handle -> handle.info().startInstant())
                            .map(started -> Figures.duration(Duration.between(started, Instant.now())))
                            .orElse(""),
                    memory.isPresent() ? Figures.bytes(memory.getAsLong()) : "",
                    part.address()));
        }
        table.print(stack.out());
        if (total > 0) {
            stack.out()
                    .println("Memory in all: " + Figures.bytes(total) + ". Data: "
                            + localStack.options().data());
        }
    }
}
