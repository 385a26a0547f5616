package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.testing.Allocation;

/** Pickles that want to run something, to exhaust something or to read elsewhere. */
final class HostilePickleTest {
    @TempDir
    private Path folder;

    private record Attack(Kind kind, String part, byte[] pickle) {}

    private static PickleWriter begun() {
        return PickleWriter.begun();
    }

    private static Attack attack(Kind kind, String part, PickleWriter pickle) {
        return new Attack(kind, part, pickle.stop());
    }

    private static PickleWriter tensor(String type, String key, long elements, long offset, long size, long stride) {
        return begun().ops("}")
                .text("w")
                .tensor(type, key, elements, offset, new long[] {size}, new long[] {stride})
                .ops("s");
    }

    private static PickleWriter storage(long elements) {
        return tensor("FloatStorage", "0", elements, 0, 1, 1);
    }

    private PickleException refusal(byte[] pickle) throws IOException {
        Path file = folder.resolve("file.bin");
        Files.write(file, new TorchWriter().storage("0", 16).zip(pickle).bytes());
        return assertThrows(PickleException.class, () -> TorchFile.open(file));
    }

    private Stream<DynamicTest> refused(Map<String, Attack> attacks) {
        return attacks.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Attack attack = entry.getValue();
                    PickleException failure = refusal(attack.pickle());
                    assertEquals(attack.kind(), failure.kind(), failure.getMessage());
                    assertTrue(failure.getMessage().contains(attack.part()), failure.getMessage());
                    assertTrue(
                            failure.getMessage().matches("(?s).*file[.]bin, .*: found .*, expected .*[.] .*[.]"),
                            failure.getMessage());
                }));
    }

    @TestFactory
    Stream<DynamicTest> namesThatTensorsDoNotNeedAreRefusedByName() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        Stream.of(
                        "os system",
                        "posix system",
                        "nt system",
                        "builtins eval",
                        "builtins exec",
                        "builtins getattr",
                        "__builtin__ eval",
                        "subprocess Popen",
                        "torch load",
                        "torch.serialization load",
                        "torch ComplexFloatStorage",
                        "torch._utils _rebuild_sparse_tensor",
                        "torch._utils _rebuild_tensor_v2.__globals__",
                        "collections OrderedDict.fromkeys",
                        "collections defaultdict",
                        "numpy.core.multiarray scalar")
                .forEach(name -> {
                    String[] parts = name.split(" ", -1);
                    attacks.put(
                            name,
                            attack(
                                    Kind.GLOBAL,
                                    "data.pkl, byte 2: found the Python name \"" + name + "\"",
                                    begun().global(parts[0], parts[1])
                                            .op('(')
                                            .text("touch hacked")
                                            .ops("tR")));
                });
        return refused(attacks);
    }

    @TestFactory
    Stream<DynamicTest> everyOtherInstructionIsRefusedByName() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        Map<String, Integer> named = new LinkedHashMap<>();
        named.put("INST", (int) 'i');
        named.put("OBJ", (int) 'o');
        named.put("STACK_GLOBAL", 0x93);
        named.put("NEWOBJ", 0x81);
        named.put("NEWOBJ_EX", 0x92);
        named.put("EXT1", 0x82);
        named.put("EXT2", 0x83);
        named.put("EXT4", 0x84);
        named.put("LONG4", 0x8b);
        named.put("PERSID", (int) 'P');
        named.put("FRAME", 0x95);
        named.put("DUP", (int) '2');
        named.put("EMPTY_LIST", (int) ']');
        named.put("BINFLOAT", (int) 'G');
        named.put("0xff", 0xff);
        named.forEach((name, code) -> attacks.put(
                name,
                attack(
                        Kind.OPCODE,
                        "data.pkl, byte 3: found the instruction " + name,
                        begun().op('(').op(code).ops("os\nsystem\n"))));
        return refused(attacks);
    }

    /** Whatever is not an instruction of tensors is refused; 27 are. */
    @Test
    void noByteIsOverlooked() throws IOException {
        long refused = 0;
        for (int code = 0; code < 256; code++) {
            PickleException failure = refusal(begun().ops("((").op(code).stop());
            refused += failure.kind() == Kind.OPCODE && failure.getMessage().contains("the instruction") ? 1 : 0;
        }
        assertEquals(256 - Opcode.values().length, refused);
        assertEquals(27, Opcode.values().length);
    }

    @TestFactory
    Stream<DynamicTest> instructionsThatMeanNothingAreRefused() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("protocol 4", new Attack(Kind.OPCODE, "found PROTO 4", new byte[] {(byte) 0x80, 4, '.'}));
        attacks.put("no protocol", new Attack(Kind.OPCODE, "found EMPTY_DICT", new byte[] {'}', '.'}));
        attacks.put(
                "protocol twice",
                attack(Kind.OPCODE, "a second PROTO", begun().op(0x80).op(2)));
        attacks.put(
                "no end", new Attack(Kind.PICKLE_TRUNCATED, "the end after 3 bytes", new byte[] {(byte) 0x80, 2, '}'}));
        attacks.put(
                "bytes behind", new Attack(Kind.STRUCTURE, "left over", new byte[] {(byte) 0x80, 2, '}', '.', '.'}));
        attacks.put("empty stack", attack(Kind.STRUCTURE, "byte 2: found an instruction without", begun()));
        attacks.put("mark as result", attack(Kind.STRUCTURE, "without its values", begun().op('(')));
        attacks.put("two results", attack(Kind.STRUCTURE, "left over", begun().ops("}}")));
        attacks.put("tuple of nothing", attack(Kind.STRUCTURE, "without", begun().op('t')));
        attacks.put(
                "tuple over a mark",
                attack(Kind.STRUCTURE, "without", begun().ops("N(N").op(0x86)));
        attacks.put(
                "items without a dictionary",
                attack(Kind.STRUCTURE, "items", begun().ops("N").text("a").ops("Ns")));
        attacks.put(
                "key without value",
                attack(Kind.STRUCTURE, "a key", begun().ops("}(").text("a").ops("u")));
        attacks.put(
                "number as key",
                attack(
                        Kind.STRUCTURE,
                        "a number as a key",
                        begun().ops("}").number(1).ops("Ns")));
        attacks.put(
                "key twice",
                attack(
                        Kind.STRUCTURE,
                        "\"a\" twice",
                        begun().ops("}(").text("a").ops("N").text("a").ops("Nu")));
        attacks.put("call of a dictionary", attack(Kind.STRUCTURE, "a call of a dictionary", begun().ops("})R")));
        attacks.put(
                "call of a storage class",
                attack(
                        Kind.STRUCTURE,
                        "a call of torch FloatStorage",
                        begun().global("torch", "FloatStorage").ops(")R")));
        attacks.put(
                "arguments for OrderedDict",
                attack(
                        Kind.STRUCTURE,
                        "a call of collections OrderedDict",
                        begun().global("collections", "OrderedDict")
                                .ops("N")
                                .op(0x85)
                                .ops("R")));
        attacks.put("attributes of a tuple", attack(Kind.STRUCTURE, "attributes for a tuple", begun().ops(")}b")));
        attacks.put(
                "other attributes",
                attack(
                        Kind.STRUCTURE,
                        "only _metadata",
                        begun().orderedDict().ops("}").text("__class__").ops("Nsb")));
        attacks.put(
                "unknown memo",
                attack(Kind.STRUCTURE, "under the number 7", begun().op('h').op(7)));
        attacks.put(
                "memo of nothing",
                attack(Kind.STRUCTURE, "without", begun().op('q').op(0)));
        attacks.put(
                "reference out of a text",
                attack(
                        Kind.STRUCTURE,
                        "a reference out of a text",
                        begun().text("x").ops("Q")));
        attacks.put(
                "text that is not UTF-8",
                attack(Kind.STRUCTURE, "not UTF-8", begun().op('X').i4(1).op(0xff)));
        attacks.put("control characters", attack(Kind.GLOBAL, "\"a?[2J b\"", begun().global("a\u001b[2J", "b")));
        return refused(attacks);
    }

    @TestFactory
    Stream<DynamicTest> sizesThatAreNotThereAreRefused() {
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put(
                "text of 4 GiB",
                attack(Kind.TOO_LONG, "4294967295 bytes", begun().op('X').i4(-1)));
        attacks.put(
                "text behind the end",
                attack(Kind.PICKLE_TRUNCATED, "the end", begun().op('X').i4(4000)));
        attacks.put(
                "huge number",
                attack(Kind.TOO_LONG, "a number of 255 bytes", begun().op(0x8a).op(255)));
        attacks.put("endless name", attack(Kind.TOO_LONG, "more than 256", begun().global("a".repeat(300), "b")));
        attacks.put(
                "too many elements", attack(Kind.STORAGE, "with 5 elements of F32, expected the 16 bytes", storage(5)));
        attacks.put("too few elements", attack(Kind.STORAGE, "with 3 elements", storage(3)));
        attacks.put("negative elements", attack(Kind.STORAGE, "with -4 elements", storage(-4)));
        attacks.put("elements that overflow", attack(Kind.STORAGE, "elements", storage((1L << 62) + 4)));
        attacks.put("wrong type", attack(Kind.STORAGE, "elements of F64", tensor("DoubleStorage", "0", 4, 0, 1, 1)));
        attacks.put("no such storage", attack(Kind.ENTRY_MISSING, "\"1\"", tensor("FloatStorage", "1", 4, 0, 1, 1)));
        attacks.put(
                "path as key",
                attack(Kind.ENTRY_MISSING, "\"../byteorder\"", tensor("ByteStorage", "../byteorder", 6, 0, 1, 1)));
        attacks.put(
                "behind the storage", attack(Kind.LAYOUT, "elements 0 to 3", tensor("FloatStorage", "0", 4, 1, 4, 1)));
        attacks.put(
                "before the storage", attack(Kind.LAYOUT, "elements 0 to 3", tensor("FloatStorage", "0", 4, -1, 2, 1)));
        attacks.put(
                "terabytes out of nothing",
                attack(Kind.LAYOUT, "twice", tensor("FloatStorage", "0", 4, 0, 1L << 40, 0)));
        attacks.put("negative size", attack(Kind.SHAPE, "[-1]", tensor("FloatStorage", "0", 4, 0, -1, 1)));
        attacks.put(
                "text in a shape",
                attack(
                        Kind.STRUCTURE,
                        "a shape with a text",
                        begun().global("torch._utils", "_rebuild_tensor_v2")
                                .op('(')
                                .storage("FloatStorage", "0", 4)
                                .number(0)
                                .text("x")
                                .op(0x85)
                                .ops(")")
                                .op(0x89)
                                .ops("}tR")));
        return refused(attacks);
    }

    private static PickleWriter repeated(int times, String codes) {
        PickleWriter pickle = begun();
        IntStream.range(0, times).forEach(i -> pickle.ops(codes));
        return pickle;
    }

    /** A tuple that holds the one before it twice, and so on: 2^times values if anybody counted them. */
    private static PickleWriter laughs(int times) {
        PickleWriter pickle = begun().ops("N");
        for (int i = 0; i < times; i++) {
            pickle.op('r').i4(i).op('j').i4(i).op(0x86);
        }
        return pickle;
    }

    private static PickleWriter memos(int times) {
        PickleWriter pickle = begun().ops("N");
        for (int i = 0; i < times; i++) {
            pickle.op('r').i4(-i);
        }
        return pickle;
    }

    /** A dictionary under a key of itself. */
    private static PickleWriter cycle() {
        return begun().ops("}").op('q').op(0).text("state_dict").op('h').op(0).ops("s");
    }

    private static PickleWriter texts(int times) {
        PickleWriter pickle = begun().op('(');
        IntStream.range(0, times).forEach(i -> pickle.text(""));
        return pickle.op('t');
    }

    private static PickleWriter shapes(int times) {
        PickleWriter pickle = begun().op('(');
        pickle.tuple(LongStream.generate(() -> 1).limit(60).toArray()).op('q').op(0);
        for (int i = 0; i < times; i++) {
            pickle.global("torch._utils", "_rebuild_tensor_v2")
                    .op('(')
                    .storage("FloatStorage", "0", 4)
                    .number(0)
                    .ops("h\0h\0")
                    .op(0x89)
                    .ops("}tR");
        }
        return pickle.op('t');
    }

    /** Each would need many times its own size if everything in it were made. */
    @TestFactory
    Stream<DynamicTest> noPickleAllocatesMoreThanItsFile() {
        int many = 500_000;
        Map<String, Attack> attacks = new LinkedHashMap<>();
        attacks.put("dictionaries", attack(Kind.MEMORY, "bytes of memory", repeated(many, "}")));
        attacks.put("marks", attack(Kind.MEMORY, "bytes of memory", repeated(many, "(")));
        attacks.put("numbers", attack(Kind.MEMORY, "bytes of memory", repeated(many / 2, "K\7")));
        attacks.put("deep nesting", attack(Kind.MEMORY, "bytes of memory", repeated(many / 4, "(((((((tttttt")));
        attacks.put("nested tuples", attack(Kind.MEMORY, "bytes of memory", repeated(many, ")\u0085")));
        attacks.put("memos", attack(Kind.MEMORY, "bytes of memory", memos(many / 5)));
        attacks.put("names", attack(Kind.MEMORY, "bytes of memory", repeated(many / 16, "ctorch\nIntStorage\n")));
        attacks.put("texts", attack(Kind.MEMORY, "bytes of memory", texts(many / 5)));
        attacks.put("shapes", attack(Kind.MEMORY, "bytes of memory", shapes(many / 100)));
        attacks.put("laughs", attack(Kind.CONTENT, "a tuple of 2", laughs(10_000)));
        attacks.put("cycle", attack(Kind.CONTENT, "\"state_dict\" (a dictionary of 1)", cycle()));
        return attacks.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    Attack attack = entry.getValue();
                    byte[] bytes = new TorchWriter()
                            .storage("0", 16)
                            .zip(attack.pickle())
                            .bytes();
                    Path file = Files.write(folder.resolve("file.bin"), bytes);
                    PickleException[] failure = new PickleException[1];
                    long allocated = Allocation.of(
                            () -> failure[0] = assertThrows(PickleException.class, () -> TorchFile.open(file)));
                    assertEquals(attack.kind(), failure[0].kind(), failure[0].getMessage());
                    assertTrue(failure[0].getMessage().contains(attack.part()), failure[0].getMessage());
                    assertTrue(
                            allocated <= bytes.length + MemoryBudget.CONSTANT,
                            allocated + " bytes for a file of " + bytes.length);
                }));
    }
}
