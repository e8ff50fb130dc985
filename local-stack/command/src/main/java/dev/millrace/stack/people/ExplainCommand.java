package dev.millrace.stack.people;

import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.sql.Connection;
import java.sql.SQLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code stack explain}. */
@Command(
        name = "explain",
        description = {
            "Say why two identifiers are, or are not, the same person.",
            "",
            "If they are not, the links are searched for what nearly joined them: the chain with the fewest refused"
                    + " links. Times are event time, UTC."
        })
public final class ExplainCommand implements Runnable {
    @ParentCommand
    private Stack stack;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "type:value, as in user_id:42 or email:jane@example.com; or a value of any type.")
    private String one;

    @Parameters(index = "1", paramLabel = "B", description = "The other.")
    private String other;

    @Option(names = "--all", description = "Tell a long chain whole (default: the first and the last 20 links).")
    private boolean all;

    @Override
    public void run() {
        Rules rules = Rules.of(stack.config());
        try (Connection store = stack.store()) {
            People people = new StoredPeople(store);
            Lookup lookup = new Lookup(people, rules);
            Member first = lookup.identifier(one);
            Member second = lookup.identifier(other);
            new Explanation(people, rules, all).of(first, second).forEach(stack.out()::println);
            stack.out().flush();
        } catch (SQLException e) {
            throw new StackException("PostgreSQL at " + stack.storeUrl() + " refuses: " + e.getMessage(), e);
        }
    }
}
