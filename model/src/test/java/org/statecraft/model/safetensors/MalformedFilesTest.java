package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.statecraft.model.testing.Allocation;
import org.statecraft.model.testing.Fixtures;

/** Every case of {@code fixtures/models/safetensors-bad/manifest.json}. */
final class MalformedFilesTest {
    private static final Path FOLDER = Fixtures.dir("models", "safetensors-bad");
    private static final JsonNode MANIFEST = Fixtures.json(FOLDER.resolve("manifest.json"));

    /** What any of these files may allocate beside as many bytes as it has: the buffers of the JSON parser and a message. */
    private static final long CONSTANT = 128 << 10;

    @TestFactory
    Stream<DynamicTest> malformedFileIsRejected() {
        return cases(
                "bad_files", "file", one -> assertRejected(one, () -> open(one).close()));
    }

    @TestFactory
    Stream<DynamicTest> malformedIndexIsRejected() {
        return cases(
                "bad_index_folders",
                "folder",
                one -> assertRejected(one, () -> TensorStore.open(
                                FOLDER.resolve(one.get("folder").textValue()))
                        .close()));
    }

    @TestFactory
    Stream<DynamicTest> validFileIsReadWithItsValues() {
        return cases("valid_files", "file", one -> {
            try (SafetensorsFile file = open(one)) {
                assertHolds(one.get("tensors"), file.tensors(), file::array);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> validIndexIsReadWithItsValues() {
        return cases("valid_index_folders", "folder", one -> {
            try (TensorStore store =
                    TensorStore.open(FOLDER.resolve(one.get("folder").textValue()))) {
                assertHolds(one.get("tensors"), store.tensors(), store::array);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> malformedFileAllocatesNoMoreThanItsSize() {
        return cases(
                "bad_files",
                "file",
                one -> assertAllocatesLittle(
                        Files.size(FOLDER.resolve(one.get("file").textValue())),
                        () -> open(one).close()));
    }

    @TestFactory
    Stream<DynamicTest> malformedIndexAllocatesNoMoreThanItsFolder() {
        return cases("bad_index_folders", "folder", one -> {
            Path model = FOLDER.resolve(one.get("folder").textValue());
            long size = 0;
            try (Stream<Path> files = Files.list(model)) {
                for (Path file : files.toList()) {
                    size += Files.size(file);
                }
            }
            assertAllocatesLittle(size, () -> TensorStore.open(model).close());
        });
    }

    private static void assertAllocatesLittle(long size, Runnable open) {
        Runnable refused = () -> assertThrows(SafetensorsException.class, open::run);
        refused.run();
        long allocated = Allocation.of(refused);
        assertTrue(allocated <= size + CONSTANT, allocated + " bytes for a file of " + size);
    }

    private interface Check {
        void accept(JsonNode one) throws Exception;
    }

    private static Stream<DynamicTest> cases(String list, String key, Check check) {
        assertFalse(MANIFEST.path(list).isEmpty(), () -> "no cases under " + list);
        return StreamSupport.stream(MANIFEST.get(list).spliterator(), false)
                .map(one -> DynamicTest.dynamicTest(one.get(key).textValue(), () -> check.accept(one)));
    }

    private static SafetensorsFile open(JsonNode one) {
        return SafetensorsFile.open(FOLDER.resolve(one.get("file").textValue()));
    }

    private static void assertRejected(JsonNode one, Executable read) {
        SafetensorsException failure = assertThrows(SafetensorsException.class, read);
        Set<String> acceptable = new HashSet<>(Set.of(one.get("kind").textValue()));
        one.get("also_acceptable").forEach(kind -> acceptable.add(kind.textValue()));
        assertTrue(acceptable.contains(failure.kind().name()), () -> failure.kind() + ": " + failure.getMessage());
        assertTrue(
                failure.getMessage().matches("(?s).*safetensors.*: found .*, expected .*\\. .*\\."),
                failure.getMessage());
    }

    private static void assertHolds(
            JsonNode expected, Map<String, TensorInfo> found, BiFunction<NDManager, String, NDArray> load) {
        Set<String> names = new HashSet<>();
        expected.fieldNames().forEachRemaining(names::add);
        assertEquals(names, found.keySet());
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Map.Entry<String, JsonNode> tensor : expected.properties()) {
                TensorInfo info = found.get(tensor.getKey());
                NDArray array = load.apply(manager, tensor.getKey());
                assertEquals(
                        tensor.getValue().get("dtype").textValue(), info.dtype().name());
                assertEquals(numbers(tensor.getValue().get("shape")), dimensions(array), tensor.getKey());
                assertEquals(numbers(tensor.getValue().get("values")), values(array), tensor.getKey());
            }
        }
    }

    /** As text, since a long and a double do not compare: whole numbers are listed without a fraction. */
    private static List<String> numbers(JsonNode list) {
        List<String> numbers = new ArrayList<>();
        list.forEach(number -> numbers.add(number.asText()));
        return numbers;
    }

    private static List<String> dimensions(NDArray array) {
        return Arrays.stream(array.getShape().getShape())
                .mapToObj(Long::toString)
                .toList();
    }

    private static List<String> values(NDArray array) {
        if (array.isEmpty()) {
            return List.of();
        }
        return Arrays.stream(array.toArray())
                .map(value -> switch (array.getDataType()) {
                    case FLOAT32, FLOAT64 -> Double.toString(value.doubleValue());
                    case UINT8 -> Integer.toString(value.intValue() & 0xff);
                    default -> Long.toString(value.longValue());
                })
                .toList();
    }
}
