package dev.millrace.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBAppender;

/**
 * Numbers for the values of dimensions, metric by metric; what they stand for is in the table {@code dims}. Metrics with a
 * dimension that is worked out later ({@code lifecycle}, {@code step}) have a number for each of its values, side by side.
 */
final class Dimensions {
    private static final int MAX_CHARS = 200;
    private static final char LOST = '\uFFFD';
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Numbering numbering = new Numbering();
    private final DuckDBAppender table;

    Dimensions(Warehouse warehouse) throws SQLException {
        warehouse.run("create table dims (id integer, text varchar, array_text varchar)");
        table = warehouse.appender("dims");
    }

    /**
     * The number of these values, that of the first variant.
     *
     * @param space whose values they are
     * @param names of all dimensions, that of the variants last
     * @param variants values of the last dimension; empty: it has none
     */
    int of(int space, List<String> names, List<String> values, List<String> variants) throws SQLException {
        StringBuilder key = new StringBuilder().append(space);
        for (String value : values) {
            key.append('\0').append(value == null ? "\1" : value);
        }
        int number = numbering.of(key.toString(), Math.max(1, variants.size()));
        if (number >= 0) {
            return number;
        }
        int first = -1 - number;
        for (int i = 0; i < Math.max(1, variants.size()); i++) {
            List<String> all = new ArrayList<>(values);
            if (!variants.isEmpty()) {
                all.add(variants.get(i));
            }
            table.beginRow();
            table.append(first + i);
            table.append(object(names, all));
            table.append(array(values));
            table.endRow();
        }
        return first;
    }

    void flush() throws SQLException {
        table.flush();
    }

    private static String object(List<String> names, List<String> values) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = 0; i < names.size(); i++) {
            object.put(names.get(i), values.get(i));
        }
        return object.toString();
    }

    private static String array(List<String> values) {
        ArrayNode array = JSON.createArrayNode();
        values.forEach(array::add);
        return array.toString();
    }

    /** A value as a dimension has it: not too long, and without what PostgreSQL can't hold. */
    static String bounded(String value) {
        if (value == null) {
            return null;
        }
        String cut = value.length() > MAX_CHARS ? value.substring(0, MAX_CHARS - 1) + '…' : value;
        StringBuilder clean = null;
        for (int i = 0; i < cut.length(); i++) {
            int character = cut.codePointAt(i);
            if (character == 0 || character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                clean = clean == null ? new StringBuilder(cut) : clean;
                clean.setCharAt(i, LOST);
            }
            i += Character.charCount(character) - 1;
        }
        return clean == null ? cut : clean.toString();
    }
}
