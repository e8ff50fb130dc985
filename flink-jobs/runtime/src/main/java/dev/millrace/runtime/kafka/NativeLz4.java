package dev.millrace.runtime.kafka;

import net.jpountz.lz4.LZ4Factory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Kafka's clients take LZ4's native code. By itself the library does so in the JVM's own class loader alone, and a job
 * has one for itself: it would be Java, which takes several times as long for each batch read and written.
 */
final class NativeLz4 {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLz4.class);

    private NativeLz4() {}

    /**
     * Loads it into this class's loader; where there is none, Java it is. Called by whatever reads a topic when it is opened,
     * since Kafka's reader looks once which there is.
     */
    static void load() {
        try {
            LZ4Factory.nativeInstance();
        } catch (Throwable e) {
            // The library throws errors of several kinds: no code for this platform, no place to unpack it to.
            LOG.info("LZ4 in Java, there is no native code of it here: {}", e.toString());
        }
    }
}
