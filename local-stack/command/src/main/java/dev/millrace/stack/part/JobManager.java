package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import dev.millrace.stack.flink.FlinkConfiguration;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Flink's JobManager, a session cluster's. A job's {@code main} runs in it, hence the store's password. */
public final class JobManager implements Program {
    private final DataDirectory data;
    private final Ports ports;
    private final FlinkProcess flink;
    private final Http http = new Http();

    public JobManager(Artefacts artefacts, DataDirectory data, Ports ports, FlinkConfiguration configuration) {
        this.data = data;
        this.ports = ports;
        this.flink = new FlinkProcess(artefacts, data, configuration);
    }

    @Override
    public String name() {
        return "jobmanager";
    }

    @Override
    public String address() {
        return "http://127.0.0.1:" + ports.flink();
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of("flink", ports.flink(), "flink.rpc", ports.flinkRpc());
    }

    @Override
    public void prepare() throws IOException {
        flink.prepare();
    }

    @Override
    public List<String> command() {
        return flink.command(
                name(),
                "GET_JM_RESOURCE_PARAMS",
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                // It computes little: quick to start is better than fast in the end.
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of());
    }

    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(flink.environment());
        environment.put("MILLRACE_STORE_PASSWORD", data.password());
        return environment;
    }

    @Override
    public boolean ready() {
        return http.isOk(address() + "/overview");
    }
}
