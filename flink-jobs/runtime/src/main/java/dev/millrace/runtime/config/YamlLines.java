package dev.millrace.runtime.config;

import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** On which line of a YAML text what is configured stands; the first is 1. */
final class YamlLines {
    private final Map<String, Integer> lines = new HashMap<>();

    private YamlLines() {}

    /** The lines of a text; of one that is no YAML there are none. */
    static YamlLines of(String text) {
        YamlLines lines = new YamlLines();
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (root != null) {
                lines.add("", root);
            }
        } catch (YAMLException e) {
            lines.lines.clear(); // Whoever reads the text says what is wrong with it.
        }
        return lines;
    }

    private void add(String path, Node node) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode key) {
                    String below = path.isEmpty() ? key.getValue() : path + '.' + key.getValue();
                    lines.put(below, line(key));
                    add(below, entry.getValueNode());
                }
            }
        } else if (node instanceof SequenceNode sequence) {
            List<Node> elements = sequence.getValue();
            for (int i = 0; i < elements.size(); i++) {
                String below = path + '[' + i + ']';
                lines.put(below, line(elements.get(i)));
                add(below, elements.get(i));
            }
        }
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    /**
     * A file's name with the line on which something stands, or that which it is a part of.
     *
     * @param path as in {@code measure.metrics[3].windows}
     */
    String at(String file, String path) {
        String known = path;
        while (!lines.containsKey(known)) {
            int up = Math.max(known.lastIndexOf('.'), known.lastIndexOf('['));
            if (up < 0) {
                return file;
            }
            known = known.substring(0, up);
        }
        return file + ", line " + lines.get(known);
    }
}
