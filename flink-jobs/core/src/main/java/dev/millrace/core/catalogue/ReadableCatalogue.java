package dev.millrace.core.catalogue;

import java.io.Serializable;
import java.util.List;

/**
 * A catalogue, and what is needed to read events for it.
 *
 * @param definitions of the first metrics of the catalogue, in their order
 * @param sessionRows of the one metric more that the catalogue then has; null: it has none
 */
public record ReadableCatalogue(Catalogue catalogue, List<MetricDefinition> definitions, SessionRows sessionRows)
        implements Serializable {
    public ReadableCatalogue {
        definitions = List.copyOf(definitions);
    }

    /** A reader of its own for each task. */
    public CatalogueReader reader() {
        return new CatalogueReader(this);
    }
}
