package dev.millrace.stack.people;

import dev.millrace.core.identity.IdentityRules;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.StackException;
import java.util.Optional;

/** What the configuration says of identifiers. */
interface Rules {
    /**
     * The identifier as it is stored, of a value as people write it; empty where there is no such type, or the value
     * points at nobody.
     */
    Optional<String> identifier(String type, String value);

    /** Whether an identifier names a person by itself. */
    boolean isAnchor(String identifier);

    static Rules of(MillraceConfig config) {
        if (config.identity() == null) {
            throw new StackException("the configuration that this stack runs with says nothing of identity, as it is of"
                    + " an earlier version; local-stack/stack down, then up, writes it anew");
        }
        IdentityRules rules = config.identity().rules();
        return new Rules() {
            @Override
            public Optional<String> identifier(String type, String value) {
                return rules.identifier(type, value);
            }

            @Override
            public boolean isAnchor(String identifier) {
                return rules.isAnchor(identifier);
            }
        };
    }
}
