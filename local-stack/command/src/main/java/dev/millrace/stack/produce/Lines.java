package dev.millrace.stack.produce;

import dev.millrace.stack.StackException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** The lines of a text, plain or gzip, as bytes. Blank lines are counted and passed over; a byte order mark too. */
final class Lines implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MOST_LINE_BYTES = 16 << 20;
    private static final byte[] GZIP_MAGIC = {(byte) 0x1F, (byte) 0x8B};
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final String name;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long number;

    /** @param name of the text, in messages */
    Lines(String name, InputStream text) throws IOException {
        this.name = name;
        PushbackInputStream start = new PushbackInputStream(text, GZIP_MAGIC.length);
        byte[] magic = start.readNBytes(GZIP_MAGIC.length);
        start.unread(magic);
        try {
            this.in = Arrays.equals(magic, GZIP_MAGIC) ? new GZIPInputStream(start, BUFFER_BYTES) : start;
        } catch (EOFException | ZipException e) {
            throw broken(e);
        }
    }

    /** The next line without its line break; null at the end. */
    byte[] next() throws IOException {
        while (true) {
            byte[] line = read();
            if (line == null) {
                return null;
            }
            number++;
            if (number == 1 && startsWith(line, BYTE_ORDER_MARK)) {
                line = Arrays.copyOfRange(line, BYTE_ORDER_MARK.length, line.length);
            }
            if (!isBlank(line)) {
                return line;
            }
        }
    }

    /** Of the line that came last, from 1. */
    long number() {
        return number;
    }

    private byte[] read() throws IOException {
        ByteArrayOutputStream begun = null;
        while (true) {
            if (position == limit && !fill()) {
                return begun == null ? null : begun.toByteArray();
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            boolean whole = end < limit;
            if (whole && begun == null) {
                byte[] line = Arrays.copyOfRange(buffer, position, end);
                position = end + 1;
                return line;
            }
            begun = begun == null ? new ByteArrayOutputStream() : begun;
            begun.write(buffer, position, end - position);
            position = whole ? end + 1 : end;
            if (whole) {
                return begun.toByteArray();
            }
            if (begun.size() > MOST_LINE_BYTES) {
                throw new StackException(name + ": line " + (number + 1)
                        + " is longer than 16 MiB; the file must be NDJSON, one event a line");
            }
        }
    }

    private boolean fill() throws IOException {
        position = 0;
        try {
            limit = Math.max(0, in.read(buffer));
        } catch (EOFException | ZipException e) {
            throw broken(e);
        }
        return limit > 0;
    }

    private StackException broken(IOException e) {
        return new StackException(
                name + ": the gzip data is cut off or broken after line " + number + " (" + e.getMessage() + ")", e);
    }

    private static boolean startsWith(byte[] line, byte[] start) {
        return line.length >= start.length && Arrays.equals(line, 0, start.length, start, 0, start.length);
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
