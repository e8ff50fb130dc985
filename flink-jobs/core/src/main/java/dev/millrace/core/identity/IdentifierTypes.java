package dev.millrace.core.identity;

/** What actors have to know of the types of identifiers. */
public interface IdentifierTypes {
    /** Whether an identifier names a person by itself. */
    boolean isAnchor(String identifier);

    /** How many links an identifier may have. */
    int maxLinks(String identifier);

    /** How many links away from the identifier that leads its profile an identifier may be. */
    int maxPath();
}
