package dev.millrace.stack.command;

import dev.millrace.stack.Stack;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code stack sql}. */
@Command(
        name = "sql",
        description = {
            "Run a statement on the serving store and print its rows; without one, give a prompt.",
            "In the prompt a statement ends with a semicolon, and Ctrl-D leaves."
        })
public final class SqlCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Parameters(index = "0", arity = "0..1", paramLabel = "STATEMENT", description = "The statement.")
    private String statement;

    @Override
    public Integer call() throws Exception {
        try (Connection connection = stack.store()) {
            if (statement == null) {
                prompt(connection);
                return ExitCode.OK;
            }
            return execute(connection, statement, stack.out()) ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void prompt(Connection connection) throws Exception {
        try (Terminal terminal = TerminalBuilder.builder().dumb(true).build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .parser(new DefaultParser().escapeChars(null))
                    .variable(LineReader.HISTORY_FILE, history())
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            boolean piped = terminal.getType().startsWith(Terminal.TYPE_DUMB);
            StringBuilder text = new StringBuilder();
            while (true) {
                try {
                    text.append(reader.readLine(piped ? "" : text.isEmpty() ? "millrace> " : "      ...> "))
                            .append('\n');
                } catch (UserInterruptException e) {
                    text.setLength(0); // Ctrl-C drops what was typed
                    continue;
                } catch (EndOfFileException e) {
                    return;
                }
                String typed = text.toString().strip();
                if (typed.equals("exit") || typed.equals("quit") || typed.equals("\\q")) {
                    return;
                }
                if (typed.isEmpty()) {
                    text.setLength(0);
                } else if (typed.endsWith(";")) {
                    text.setLength(0);
                    execute(connection, typed, terminal.writer());
                }
            }
        }
    }

    private Path history() {
        return stack.localStack().options().data().resolve("run").resolve("sql-history");
    }

    /** Runs a statement, prints rows, count or error, and returns whether it went well. */
    private boolean execute(Connection connection, String sql, PrintWriter out) {
        try (Statement jdbc = connection.createStatement()) {
            boolean hasRows = jdbc.execute(sql);
            while (true) {
                if (hasRows) {
                    try (ResultSet rows = jdbc.getResultSet()) {
                        print(rows, out);
                    }
                } else if (jdbc.getUpdateCount() >= 0) {
                    out.println(jdbc.getUpdateCount() + " rows changed");
                } else {
                    out.flush();
                    return true;
                }
                hasRows = jdbc.getMoreResults();
            }
        } catch (SQLException e) {
            out.flush();
            PrintWriter err = statement == null ? out : stack.err();
            err.println(e.getMessage());
            err.flush();
            return false;
        }
    }

    private static void print(ResultSet rows, PrintWriter out) throws SQLException {
        List<String> headings = new ArrayList<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            headings.add(rows.getMetaData().getColumnLabel(column));
        }
        Table table = new Table(headings);
        while (rows.next()) {
            List<String> cells = new ArrayList<>();
            for (int column = 1; column <= headings.size(); column++) {
                String value = rows.getString(column);
                cells.add(value == null ? "" : value);
            }
            table.row(cells);
        }
        table.print(out);
        out.println(table.size() == 1 ? "1 row" : table.size() + " rows");
    }
}
