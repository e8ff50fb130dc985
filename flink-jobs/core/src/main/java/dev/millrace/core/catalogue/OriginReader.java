package dev.millrace.core.catalogue;

import dev.millrace.core.catalogue.EventValues.Place;
import dev.millrace.core.catalogue.EventValues.Places;
import dev.millrace.core.event.Envelope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Says where an event came from, whether or not it makes sessions: source, campaign and page, from where rows of sessions
 * have them. Not for use by several threads.
 */
public final class OriginReader {
    private final Place[][] dimensions;
    private final Places places;
    private final EventValues values = new EventValues();

    public OriginReader(SessionRows rows) {
        dimensions = rows.origin().stream().map(OriginReader::at).toArray(Place[][]::new);
        List<Place> all = new ArrayList<>();
        Arrays.stream(dimensions).forEach(each -> all.addAll(Arrays.asList(each)));
        places = new Places(all);
    }

    private static Place[] at(List<String> paths) {
        return paths.stream().map(path -> new Place(Entries.path(path))).toArray(Place[]::new);
    }

    /** In the form of {@link DimensionValues}; null where it says nothing of any. */
    public String read(Envelope event) {
        values.begin(event, places);
        String[] texts = new String[dimensions.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = values.text(dimensions[i]);
        }
        return Arrays.stream(texts).allMatch(text -> text == null) ? null : DimensionValues.text(texts);
    }
}
