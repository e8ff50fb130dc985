package dev.millrace.stack.chaos;

import dev.millrace.stack.DataDirectory;
import java.util.function.Consumer;

/** Compares what a stack that runs has counted with what it should have; waits until the stack has caught up. */
interface Verifier {
    Verdict verify(DataDirectory data, Consumer<String> progress) throws InterruptedException;
}
