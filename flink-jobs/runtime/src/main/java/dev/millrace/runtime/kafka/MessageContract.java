package dev.millrace.runtime.kafka;

import dev.millrace.contract.AnchoredLabel;
import dev.millrace.contract.FloatingLabel;
import dev.millrace.contract.IdentityMessage;
import dev.millrace.core.identity.Label;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import java.time.Instant;
import java.util.List;

/** Between the contract {@code IdentityMessage} and the {@link Message} that actors work with. */
final class MessageContract {
    private static final int EPOCH = 0;

    private MessageContract() {}

    static Message fromContract(IdentityMessage m) {
        return new Message(m.getTo(), m.getFrom(), m.getLinkTime().toEpochMilli(), m.getAlias(), label(m.getLabel()));
    }

    static IdentityMessage toContract(Message m) {
        return new IdentityMessage(
                m.to(), m.from(), Instant.ofEpochMilli(m.linkMillis()), m.alias(), label(m.label()), EPOCH);
    }

    private static Label label(Object label) {
        if (label instanceof FloatingLabel floating) {
            return new Label.Floating(
                    floating.getFirstSeen().toEpochMilli(), floating.getIdentifier(), path(floating.getPath()));
        }
        AnchoredLabel anchored = (AnchoredLabel) label;
        return new Label.Anchored(
                path(anchored.getPath()), anchored.getAnchor(), anchored.getRoot(), path(anchored.getRootPath()));
    }

    private static List<LinkKey> path(List<dev.millrace.contract.LinkKey> links) {
        return links.stream()
                .map(link -> new LinkKey(link.getTime().toEpochMilli(), link.getLesser(), link.getGreater()))
                .toList();
    }

    private static List<dev.millrace.contract.LinkKey> links(List<LinkKey> path) {
        return path.stream()
                .map(link -> new dev.millrace.contract.LinkKey(
                        Instant.ofEpochMilli(link.timeMillis()), link.lesser(), link.greater()))
                .toList();
    }

    private static Object label(Label label) {
        if (label instanceof Label.Floating floating) {
            return new FloatingLabel(
                    Instant.ofEpochMilli(floating.firstSeenMillis()), floating.identifier(), links(floating.path()));
        }
        Label.Anchored anchored = (Label.Anchored) label;
        return new AnchoredLabel(
                links(anchored.path()), anchored.anchor(), anchored.root(), links(anchored.rootPath()));
    }
}
