package dev.millrace.measure.rejected;

import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.Signal;
import dev.millrace.core.metric.Measuring;
import dev.millrace.measure.CombiningOperator;
import dev.millrace.runtime.kafka.DeadLetter;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** By place: counts what was turned away. A record that was turned away again after a failure counts once. */
public final class RejectedOperator extends CombiningOperator<DeadLetter> {
    private final ReadableCatalogue catalogue;
    private transient ValueState<Long> last;
    private transient CatalogueReader signals;

    public RejectedOperator(Measuring rules, ReadableCatalogue catalogue) {
        super(rules);
        this.catalogue = catalogue;
    }

    @Override
    public void open() throws Exception {
        super.open();
        last = getRuntimeContext().getState(RejectedState.LAST);
        signals = catalogue.reader();
    }

    @Override
    public void processElement(StreamRecord<DeadLetter> element) throws Exception {
        DeadLetter letter = element.getValue();
        Long counted = last.value();
        if (counted != null && letter.offset() <= counted) {
            return;
        }
        last.update(letter.offset());
        signals.signal(
                Signal.REJECTED,
                letter.reason(),
                hit -> combiner.count(hit.metric(), hit.dimensions(), letter.arrivedMillis(), hit.micros()));
        passOnIfMany();
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {}

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {}

    @Override
    protected void save(long begunMillis) {}
}
