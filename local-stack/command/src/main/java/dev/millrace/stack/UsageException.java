package dev.millrace.stack;

/** Something that was typed and is not there: another command would do. */
public final class UsageException extends StackException {
    public UsageException(String message) {
        super(message);
    }
}
