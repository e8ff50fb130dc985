package dev.millrace.runtime.config;

import dev.millrace.core.catalogue.MetricDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is measured unless the configuration says otherwise: {@code default-catalogue.yaml}, beside this class. */
final class DefaultCatalogue {
    static final List<MetricDefinition> METRICS = read("default-catalogue.yaml");

    private DefaultCatalogue() {}

    private static List<MetricDefinition> read(String resource) {
        try (InputStream yaml = DefaultCatalogue.class.getResourceAsStream(resource)) {
            return ConfigFile.metrics(new String(yaml.readAllBytes(), StandardCharsets.UTF_8), resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
