package dev.millrace.core.identity;

import java.util.List;

/**
 * What an actor does with what it sees and is told. All of them together compute the profiles of the rule: links are
 * taken in order of event time, each joins its two groups unless that would put two anchors in one, every group is a
 * profile, and an alias between two anchors makes one person of their groups.
 *
 * <p>The answer depends on the set of events alone, since a label is the least over all chains of links that lead to the
 * actor: passing a label over a link keeps the order of labels and never makes one smaller, so that whatever the order in
 * which they come, the least one wins in the end, as in the algorithm of Bellman and Ford. Two bounds can make arrival
 * show: an identifier with too many links takes no more, and a label goes only so far. Both are reported.
 *
 * <p>Not for use by several threads.
 */
public final class Stitcher {
    private final IdentifierTypes types;
    private final MoreLinks more;

    /** @param more of the actor that a method is called with */
    public Stitcher(IdentifierTypes types, MoreLinks more) {
        this.types = types;
        this.more = more;
    }

    /** The name of the identifier that leads an actor's profile. */
    public static String leader(Actor self, String identifier) {
        return self.label == null ? identifier : self.label.leader();
    }

    /** The identifier was seen as the leaf of an event. */
    public Standing seen(
            Actor self, String identifier, long timeMillis, List<String> others, String alias, Outbox out) {
        Before before = new Before(self);
        noteSeen(self, identifier, timeMillis, out);
        for (int i = 0; i < others.size(); i++) {
            String other = others.get(i);
            boolean isAlias = other.equals(alias) && types.isAnchor(identifier) && types.isAnchor(other);
            if (keep(self, identifier, other, timeMillis, isAlias, out)) {
                out.linked(LinkKey.of(timeMillis, identifier, other));
                out.send(new Message(other, identifier, timeMillis, isAlias, label(self, identifier)));
            }
        }
        return before.changed(self, identifier);
    }

    /** The identifier was told something by another one. */
    public Standing told(Actor self, Message message, Outbox out) {
        String identifier = message.to();
        Before before = new Before(self);
        noteSeen(self, identifier, message.linkMillis(), out);
        boolean isNews = keep(self, identifier, message.from(), message.linkMillis(), message.alias(), out);
        int alias = Actor.indexOf(message.from(), self.aliased, self.aliased.length);
        long timeMillis = alias >= 0 ? self.aliasMillis[alias] : linkMillis(self, message.from());
        if (timeMillis != MoreLinks.NONE) {
            LinkKey link = LinkKey.of(timeMillis, identifier, message.from());
            if (alias >= 0) {
                considerRoot(self, identifier, message, link, out);
            } else if (!types.isAnchor(identifier)) {
                considerLabel(self, identifier, message, link, out);
            }
            if (isNews) {
                // The other end has told readers too. But after a failure that may be lost, and this all there is left.
                out.linked(link);
                reply(self, identifier, message, link, alias >= 0, out);
            }
        }
        return before.changed(self, identifier);
    }

    private void noteSeen(Actor self, String identifier, long timeMillis, Outbox out) {
        if (timeMillis >= self.firstSeenMillis) {
            return;
        }
        boolean isNew = self.isNew();
        self.firstSeenMillis = timeMillis;
        if (isNew || types.isAnchor(identifier)) {
            return;
        }
        Label own = new Label.Floating(timeMillis, identifier, List.of());
        if (self.label == null || own.compareTo(self.label) < 0) {
            self.take(null);
            tellAll(self, identifier, null, out);
        }
    }

    /** Keeps a link that is new, or the earlier time of a known one; says whether it was either. */
    private boolean keep(Actor self, String identifier, String other, long timeMillis, boolean alias, Outbox out) {
        int known = Actor.indexOf(other, self.aliased, self.aliased.length);
        if (alias || known >= 0) {
            if (known < 0) {
                int most = Math.min(Actor.MOST_ALIASES, types.maxLinks(identifier));
                return hasRoom(self, self.aliased.length < most, out) && addAlias(self, other, timeMillis);
            }
            if (timeMillis >= self.aliasMillis[known]) {
                return false;
            }
            self.aliasMillis[known] = timeMillis;
        } else {
            known = Actor.indexOf(other, self.linked, self.links);
            if (known >= 0) {
                if (timeMillis >= self.linkMillis[known]) {
                    return false;
                }
                self.linkMillis[known] = timeMillis;
            } else {
                long moreMillis = self.moreLinks == 0 ? MoreLinks.NONE : more.timeMillis(other);
                if (moreMillis == MoreLinks.NONE) {
                    boolean isBelowLimit = self.links + self.moreLinks < types.maxLinks(identifier);
                    return hasRoom(self, isBelowLimit, out) && addLink(self, other, timeMillis);
                }
                if (timeMillis >= moreMillis) {
                    return false;
                }
                more.put(other, timeMillis);
            }
        }
        return true;
    }

    private static boolean hasRoom(Actor self, boolean isBelowLimit, Outbox out) {
        if (!isBelowLimit) {
            self.limited = true;
            out.linkOverLimit();
        }
        return isBelowLimit;
    }

    /** The two may have been seen in one event before, without being said to be one person. */
    private boolean addAlias(Actor self, String other, long timeMillis) {
        long knownMillis = linkMillis(self, other);
        self.addAlias(other, knownMillis == MoreLinks.NONE ? timeMillis : Math.min(timeMillis, knownMillis));
        return true;
    }

    private boolean addLink(Actor self, String other, long timeMillis) {
        if (self.links < Actor.LINKS_HERE) {
            self.addLink(other, timeMillis);
        } else {
            more.put(other, timeMillis);
            self.moreLinks++;
        }
        return true;
    }

    private long linkMillis(Actor self, String other) {
        int known = Actor.indexOf(other, self.linked, self.links);
        if (known >= 0) {
            return self.linkMillis[known];
        }
        return self.moreLinks == 0 ? MoreLinks.NONE : more.timeMillis(other);
    }

    /** An anchor keeps its own name, and takes from its aliases the least of the anchors that they join. */
    private void considerRoot(Actor self, String identifier, Message message, LinkKey link, Outbox out) {
        if (!(message.label() instanceof Label.Anchored theirs)
                || !(label(self, identifier) instanceof Label.Anchored own)) {
            return; // One of the two is no anchor any more, under changed rules.
        }
        Label.Anchored offered = theirs.overAlias(link, identifier);
        if (offered.compareTo(own) >= 0) {
            return;
        }
        if (offered.hops() > types.maxPath()) {
            out.labelBeyondReach();
            return;
        }
        self.take(offered);
        tellAll(self, identifier, message.from(), out);
    }

    private void considerLabel(Actor self, String identifier, Message message, LinkKey link, Outbox out) {
        Label own = label(self, identifier);
        if (message.label().compareTo(own) >= 0) {
            return; // On the way here it gets no smaller.
        }
        Label offered = message.label().over(link);
        if (offered.compareTo(own) >= 0) {
            return;
        }
        if (offered.hops() > types.maxPath()) {
            out.labelBeyondReach();
            return;
        }
        self.take(offered);
        tellAll(self, identifier, message.from(), out);
    }

    /** Answers a link with the own label, where that could be of use at the other end. */
    private void reply(Actor self, String identifier, Message message, LinkKey link, boolean alias, Outbox out) {
        String from = message.from();
        Label own = label(self, identifier);
        Label there = null;
        if (alias) {
            there = own instanceof Label.Anchored mine ? mine.overAlias(link, from) : null;
        } else if (!types.isAnchor(from)) {
            there = own.over(link);
        }
        if (there != null && there.compareTo(message.label()) < 0) {
            out.send(new Message(from, identifier, link.timeMillis(), alias, own));
        }
    }

    /** Tells the label to all that might take it; not to anchors, and not to the one it came from (null: from nobody). */
    private void tellAll(Actor self, String identifier, String source, Outbox out) {
        Label label = label(self, identifier);
        for (int i = 0; i < self.links; i++) {
            tell(self.linked[i], self.linkMillis[i], identifier, source, label, out);
        }
        if (self.moreLinks > 0) {
            more.forEach((other, timeMillis) -> tell(other, timeMillis, identifier, source, label, out));
        }
        tellAliases(self, identifier, source, out);
    }

    private void tell(String other, long timeMillis, String identifier, String source, Label label, Outbox out) {
        if (!other.equals(source) && !types.isAnchor(other)) {
            out.send(new Message(other, identifier, timeMillis, false, label));
        }
    }

    private void tellAliases(Actor self, String identifier, String source, Outbox out) {
        for (int i = 0; i < self.aliased.length; i++) {
            if (!self.aliased[i].equals(source)) {
                out.send(new Message(self.aliased[i], identifier, self.aliasMillis[i], true, label(self, identifier)));
            }
        }
    }

    private Label label(Actor self, String identifier) {
        if (self.label != null) {
            return self.label;
        }
        return types.isAnchor(identifier)
                ? Label.Anchored.of(identifier)
                : new Label.Floating(self.firstSeenMillis, identifier, List.of());
    }

    /** What readers were last told of an actor. */
    private static final class Before {
        private final boolean isNew;
        private final Label label;
        private final long firstSeenMillis;
        private final boolean limited;

        Before(Actor self) {
            isNew = self.isNew();
            label = self.label;
            firstSeenMillis = self.firstSeenMillis;
            limited = self.limited;
        }

        /**
         * What they have to be told now; null: nothing. A better label is told even where it means the same profile as the
         * last: after a failure they may have read of one in between, which this actor has no memory of.
         */
        Standing changed(Actor self, String identifier) {
            boolean same = label == self.label && firstSeenMillis == self.firstSeenMillis && limited == self.limited;
            if (same || self.isNew()) {
                return null;
            }
            String leaderBefore = label == null ? identifier : label.leader();
            boolean moved = !isNew && !leader(self, identifier).equals(leaderBefore);
            LinkKey cause = self.label == null ? null : self.label.cause();
            return new Standing(
                    self.firstSeenMillis,
                    cause == null ? self.firstSeenMillis : cause.timeMillis(),
                    moved ? ProfileId.ledBy(leaderBefore) : null,
                    cause,
                    self.limited);
        }
    }
}
