package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;

/** A record of {@code millrace.stitched}: an attribution, or (the other is null) why it is none. */
public record StitchedRead(Attribution attribution, Rejected rejected) {}
