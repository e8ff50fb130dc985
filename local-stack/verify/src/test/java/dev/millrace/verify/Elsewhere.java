package dev.millrace.verify;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** A file system of the scheme {@code elsewhere}, whose files nobody can read but through it. */
public final class Elsewhere implements FileSystemFactory {
    @Override
    public String getScheme() {
        return "elsewhere";
    }

    @Override
    public FileSystem create(URI uri) {
        return new LocalFileSystem() {
            @Override
            public boolean isDistributedFS() {
                return true;
            }
        };
    }
}
