package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts against their released copies: what was written once can be read for ever. */
class ContractsTest {
    private static final Path CURRENT = Path.of("avro");
    private static final Path RELEASED = Path.of("released");
    private static final Pattern COPY = Pattern.compile("([A-Za-z]+)\\.v([1-9][0-9]*)\\.avsc");

    /** A contract that others name; it is parsed before them. */
    private static final String SHARED = "CustomerEvent";

    static List<String> contracts() throws IOException {
        return files(CURRENT).map(name -> name.replace(".avsc", "")).toList();
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void readsDataOfEveryRelease(String contract) throws IOException {
        Schema reader = current(contract);
        for (int version : versions(contract)) {
            for (Schema writer : released(contract, version)) {
                assertThat(problems(reader, writer))
                        .as("%s as it stands in avro/ reads data written with %s.v%d.avsc", contract, contract, version)
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void hasACopyOfEveryReleaseFromTheFirst(String contract) throws IOException {
        List<Integer> versions = versions(contract);
        assertThat(versions)
                .as("copies of %s in released/: run from v1 without a gap", contract)
                .isNotEmpty()
                .isEqualTo(IntStream.rangeClosed(1, versions.size()).boxed().toList());
    }

    @Test
    void noContractThatWasReleasedIsGone() throws IOException {
        for (String file : files(RELEASED).toList()) {
            Matcher copy = COPY.matcher(file);
            assertThat(copy.matches())
                    .as("released/%s is named <Name>.v<N>.avsc", file)
                    .isTrue();
            assertThat(contracts())
                    .as("released/%s still has its contract", file)
                    .contains(copy.group(1));
        }
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void theGeneratedClassIsTheContract(String contract) throws Exception {
        Schema generated = (Schema) Class.forName("dev.millrace.contract." + contract)
                .getMethod("getClassSchema")
                .invoke(null);
        assertThat(problems(generated, current(contract))).isEmpty();
        assertThat(problems(current(contract), generated)).isEmpty();
    }

    @Test
    void theCheckFindsANewFieldWithoutDefault() throws IOException {
        Schema planted =
                changed("CustomerEvent", "\"fields\": [", "\"fields\": [{\"name\":\"x\",\"type\":\"string\"},");
        assertThat(problems(planted, current("CustomerEvent")))
                .singleElement()
                .asString()
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE", "x");
    }

    @Test
    void theCheckFindsADefaultThatIsTakenAway() throws IOException {
        String withDefault = "{\"name\": \"extras\", \"type\": [\"null\", \"string\"], \"default\": null,";
        Schema planted = changed("CustomerEvent", withDefault, withDefault.replace(" \"default\": null,", ""));
        Schema before = changed("CustomerEvent", withDefault, withDefault.replace("extras", "extra"));
        assertThat(problems(current("CustomerEvent"), before)).isEmpty();
        assertThat(problems(planted, before))
                .singleElement()
                .asString()
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE", "extras");
    }

    @Test
    void theCheckFindsAChangedType() throws IOException {
        String text = "{\"name\": \"type\", \"type\": \"string\",";
        Schema planted = changed("CustomerEvent", text, text.replace("\"string\"", "\"long\""));
        assertThat(problems(planted, current("CustomerEvent")))
                .singleElement()
                .asString()
                .contains("TYPE_MISMATCH", "/fields/1/type");
    }

    @Test
    void theCheckFindsAChangeOfAContractInsideAnother() throws IOException {
        String text = "{\"name\": \"type\", \"type\": \"string\",";
        Schema planted = changed(SHARED, text, text.replace("\"string\"", "\"long\""));
        Schema around = parse(planted, Files.readString(CURRENT.resolve("StitchedRecord.avsc")));
        assertThat(problems(around, current("StitchedRecord"))).isNotEmpty();
    }

    @Test
    void aFieldWithADefaultMayBeAdded() throws IOException {
        Schema successor = changed(
                SHARED,
                "\"fields\": [",
                "\"fields\": [{\"name\":\"region\",\"type\":[\"null\",\"string\"],\"default\":null,\"doc\":\"x\"},");
        assertThat(problems(successor, current(SHARED))).isEmpty();

        CustomerEvent event = new CustomerEvent();
        event.setType("track");
        event.setUserId("42");
        event.setTimestamp(Instant.ofEpochMilli(1_700_000_000_123L));
        byte[] bytes = bytes(event);
        GenericRecord read = new GenericDatumReader<GenericRecord>(CustomerEvent.getClassSchema(), successor)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        assertThat(read.get("region")).isNull();
        assertThat(read.get("user_id")).hasToString("42");
        assertThat(new SpecificDatumReader<>(CustomerEvent.class)
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, null)))
                .isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void everyRecordAndFieldIsDocumented(String contract) throws IOException {
        TreeSet<String> undocumented = new TreeSet<>();
        collectUndocumented(current(contract), undocumented);
        if (contract.equals("MirroredRecord")) {
            // Its columns from message_id on are said to be those of CustomerEvent: the test below holds them to it.
            for (Field field : current(SHARED).getFields()) {
                undocumented.remove("MirroredRecord." + field.name());
            }
            undocumented.remove("MirroredHeader");
        }
        assertThat(undocumented)
                .as("fields without a doc that ends in a full stop")
                .isEmpty();
    }

    @Test
    void theMirrorHasAColumnForEachFieldOfAnEvent() throws IOException {
        Schema mirrored = current("MirroredRecord");
        for (Field field : current(SHARED).getFields()) {
            Field column = mirrored.getField(field.name());
            assertThat(column).as("column %s", field.name()).isNotNull();
            assertThat(column.schema().isNullable())
                    .as("%s is null where a record can't be decoded", field.name())
                    .isTrue();
            assertThat(column.hasDefaultValue()).isTrue();
            assertThat(problems(column.schema(), field.schema()))
                    .as("column %s holds the field", field.name())
                    .isEmpty();
        }
    }

    /** Why a reader can't read what a writer wrote; empty where it can. */
    private static List<String> problems(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(ContractsTest::sentence)
                .toList();
    }

    private static String sentence(Incompatibility problem) {
        return problem.getType() + " at " + problem.getLocation() + ": " + problem.getMessage();
    }

    private static Schema current(String contract) throws IOException {
        String text = Files.readString(CURRENT.resolve(contract + ".avsc"));
        return contract.equals(SHARED) ? new Schema.Parser().parse(text) : parse(current(SHARED), text);
    }

    /**
     * What may have been written with a released copy. A contract that names {@code CustomerEvent} was written with
     * any release of that: a copy of the outer contract does not say which.
     */
    private static List<Schema> released(String contract, int version) throws IOException {
        String text = Files.readString(RELEASED.resolve(contract + ".v" + version + ".avsc"));
        if (contract.equals(SHARED)) {
            return List.of(new Schema.Parser().parse(text));
        }
        List<Schema> schemas = new ArrayList<>();
        for (int shared : versions(SHARED)) {
            schemas.add(parse(released(SHARED, shared).get(0), text));
        }
        return schemas;
    }

    private static Schema changed(String contract, String text, String by) throws IOException {
        String json = Files.readString(CURRENT.resolve(contract + ".avsc"));
        assertThat(json).contains(text);
        return new Schema.Parser().parse(json.replace(text, by));
    }

    private static Schema parse(Schema shared, String text) {
        Schema.Parser parser = new Schema.Parser();
        parser.parse(shared.toString());
        return parser.parse(text);
    }

    private static List<Integer> versions(String contract) throws IOException {
        TreeMap<Integer, String> versions = new TreeMap<>();
        files(RELEASED).map(COPY::matcher).filter(Matcher::matches).forEach(copy -> {
            if (copy.group(1).equals(contract)) {
                versions.put(Integer.valueOf(copy.group(2)), copy.group());
            }
        });
        return List.copyOf(versions.keySet());
    }

    private static Stream<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static void collectUndocumented(Schema schema, TreeSet<String> undocumented) {
        switch (schema.getType()) {
            case RECORD -> {
                if (isBlank(schema.getDoc())) {
                    undocumented.add(schema.getName());
                }
                for (Field field : schema.getFields()) {
                    if (isBlank(field.doc())) {
                        undocumented.add(schema.getName() + '.' + field.name());
                    }
                    collectUndocumented(field.schema(), undocumented);
                }
            }
            case UNION -> schema.getTypes().forEach(type -> collectUndocumented(type, undocumented));
            case ARRAY -> collectUndocumented(schema.getElementType(), undocumented);
            case MAP -> collectUndocumented(schema.getValueType(), undocumented);
            default -> {}
        }
    }

    private static boolean isBlank(String doc) {
        return doc == null || !doc.strip().endsWith(".");
    }

    private static byte[] bytes(CustomerEvent event) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new SpecificDatumWriter<>(CustomerEvent.class).write(event, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
