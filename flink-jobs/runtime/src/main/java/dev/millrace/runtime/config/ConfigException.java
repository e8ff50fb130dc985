package dev.millrace.runtime.config;

/** The configuration can't be used. The message names the file, the key and the way out. */
public final class ConfigException extends RuntimeException {
    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
