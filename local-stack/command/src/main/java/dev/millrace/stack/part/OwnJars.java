package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Collectors;

/**
 * What a program of ours runs with: jars of the checkout as copies, since a build replaces them, which would pull the
 * classes from under a program that runs; others where they are.
 *
 * @param directory where the copies are
 */
record OwnJars(Artefacts artefacts, Path directory) {

    void copy() throws IOException {
        Files.createDirectories(directory);
        for (Path jar : artefacts.programClassPath()) {
            if (artefacts.isBuilt(jar)) {
                Files.copy(jar, directory.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    String classPath() {
        return artefacts.programClassPath().stream()
                .map(jar -> artefacts.isBuilt(jar) ? directory.resolve(jar.getFileName()) : jar)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
