package dev.millrace.stack.chaos;

import dev.millrace.stack.StackException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;

/**
 * What the sender was told to have arrived, by message id, or by a hash of the bytes where there is none. It is written to a
 * file, a line each, and depends on nothing that the stack stores.
 */
final class Ledger implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;
    private long noted;

    /** @param file that is made */
    Ledger(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.getParent());
            this.out = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new StackException("can't write " + file + ": " + e.getMessage(), e);
        }
    }

    /** How a record without message id is known. */
    static String idOf(byte[] bytes) {
        return "bytes:" + HexFormat.of().formatHex(digest(bytes), 0, 16);
    }

    /** Notes that a record was acknowledged; by several threads, and more than once for a copy. */
    synchronized void acknowledged(String id) {
        try {
            out.write(id);
            out.write('\n');
        } catch (IOException e) {
            throw new StackException("can't write " + file + ": " + e.getMessage(), e);
        }
        noted++;
    }

    /** How many records were acknowledged, copies included. */
    synchronized long size() {
        return noted;
    }

    @Override
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new StackException("can't write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The whole of it to tick off; the ledger must be closed. */
    Check check() {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            long[] hashes = new long[Math.toIntExact(noted)];
            int count = 0;
            for (String id = lines.readLine(); id != null; id = lines.readLine()) {
                hashes[count++] = hash(id);
            }
            return new Check(Arrays.stream(hashes, 0, count).sorted().distinct().toArray());
        } catch (IOException e) {
            throw new StackException("can't read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What of the ledger has been found. */
    final class Check {
        private final long[] hashes;
        private final BitSet found = new BitSet();

        private Check(long[] hashes) {
            this.hashes = hashes;
        }

        void found(String id) {
            int place = Arrays.binarySearch(hashes, hash(id));
            if (place >= 0) {
                found.set(place);
            }
        }

        /** Different ids in the ledger. */
        long size() {
            return hashes.length;
        }

        long missing() {
            return hashes.length - found.cardinality();
        }

        /** The first ids that were not found. */
        List<String> firstMissing(int atMost) {
            List<String> ids = new ArrayList<>();
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String id = lines.readLine(); id != null && ids.size() < atMost; id = lines.readLine()) {
                    if (!found.get(Arrays.binarySearch(hashes, hash(id))) && !ids.contains(id)) {
                        ids.add(id);
                    }
                }
            } catch (IOException e) {
                throw new StackException("can't read " + file + ": " + e.getMessage(), e);
            }
            return ids;
        }
    }

    /** 64 bits: among a million ids two are alike with a probability of one in forty million. */
    private static long hash(String id) {
        return ByteBuffer.wrap(digest(id.getBytes(StandardCharsets.UTF_8))).getLong();
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
