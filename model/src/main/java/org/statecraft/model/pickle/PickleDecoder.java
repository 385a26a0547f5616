package org.statecraft.model.pickle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.pickle.PickleException.Kind;

/** The stack machine of a pickle, with the instructions of {@link Opcode} and no way out of it. */
final class PickleDecoder {
    private static final int PROTOCOL = 2;
    private static final Value MARK = new Value.Mark();
    private static final Value NONE = new Value.None();

    private static final long OPCODE_COST = 80;
    private static final long MEMO_COST = 128;
    private static final long TUPLE_COST = 96;
    private static final long DICT_COST = 256;
    private static final long ITEM_COST = 160;

    private final Region in;
    private final MemoryBudget budget;
    private final Rebuild rebuild;
    private final List<Value> stack = new ArrayList<>();
    private final Map<Long, Value> memo = new HashMap<>();

    private PickleDecoder(Region in, Archive archive, MemoryBudget budget) {
        this.in = in;
        this.budget = budget;
        this.rebuild = new Rebuild(in, archive, budget);
    }

    /** The value that the pickle of an archive describes; afterwards {@code in} points at its last instruction. */
    static Value decode(Region in, Archive archive, MemoryBudget budget) throws IOException {
        Archive.Entry entry = archive.pickle();
        in.at("data.pkl", Kind.PICKLE_TRUNCATED, entry.begin(), entry.end());
        return new PickleDecoder(in, archive, budget).run();
    }

    private Value run() throws IOException {
        Opcode first = next();
        int protocol = in.u1();
        if (first != Opcode.PROTO || protocol != PROTOCOL) {
            throw in.fail(Kind.OPCODE, first + " " + protocol, "PROTO " + PROTOCOL + " at the beginning");
        }
        for (Opcode opcode = next(); opcode != Opcode.STOP; opcode = next()) {
            budget.charge(OPCODE_COST);
            step(opcode);
        }
        Value result = pop();
        if (!stack.isEmpty() || !in.atEnd()) {
            throw in.fail(
                    Kind.STRUCTURE,
                    "the end with " + stack.size() + " values and " + in.remaining() + " bytes left over",
                    "nothing left over");
        }
        return result;
    }

    private Opcode next() throws IOException {
        in.mark();
        int code = in.u1();
        Opcode opcode = Opcode.of(code);
        if (opcode == null) {
            throw in.fail(Kind.OPCODE, "the instruction " + Opcode.refusedName(code), "one that tensors need");
        }
        return opcode;
    }

    private void step(Opcode opcode) throws IOException {
        switch (opcode) {
            case MARK -> stack.add(MARK);
            case NONE -> stack.add(NONE);
            case NEWTRUE -> stack.add(new Value.Truth(true));
            case NEWFALSE -> stack.add(new Value.Truth(false));
            case BININT -> stack.add(new Value.Whole(in.i4()));
            case BININT1 -> stack.add(new Value.Whole(in.u1()));
            case BININT2 -> stack.add(new Value.Whole(in.u2()));
            case LONG1 -> stack.add(new Value.Whole(number(in.u1())));
            case BINUNICODE -> stack.add(new Value.Text(in.text(in.u4())));
            case EMPTY_TUPLE -> tuple(stack.size());
            case TUPLE1 -> tuple(stack.size() - 1);
            case TUPLE2 -> tuple(stack.size() - 2);
            case TUPLE3 -> tuple(stack.size() - 3);
            case TUPLE -> tupleToMark();
            case EMPTY_DICT -> dict();
            case SETITEM -> items(stack.size() - 2);
            case SETITEMS -> itemsToMark();
            case GLOBAL -> stack.add(global(in.line(), in.line()));
            case REDUCE -> reduce();
            case BUILD -> build();
            case BINPERSID -> stack.add(rebuild.storage(pop()));
            case BINPUT -> put(in.u1());
            case LONG_BINPUT -> put(in.u4());
            case BINGET -> get(in.u1());
            case LONG_BINGET -> get(in.u4());
            case PROTO, STOP -> throw in.fail(Kind.OPCODE, "a second " + opcode, "it at the beginning only");
        }
    }

    private Value pop() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw underflow();
        }
        return stack.remove(stack.size() - 1);
    }

    private PickleException underflow() {
        return in.fail(Kind.STRUCTURE, "an instruction without its values", "them before it");
    }

    /** A whole number of so many bytes, with its sign. */
    private long number(int bytes) throws IOException {
        if (bytes > Long.BYTES) {
            throw in.fail(Kind.TOO_LONG, "a number of " + bytes + " bytes", "at most " + Long.BYTES);
        }
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (long) in.u1() << (8 * i);
        }
        int unused = Long.SIZE - 8 * bytes;
        return bytes == 0 ? 0 : (number << unused) >> unused;
    }

    private Value global(String module, String name) {
        Value global = Value.Global.named(module, name);
        if (global == null) {
            throw in.fail(
                    Kind.GLOBAL,
                    "the Python name " + PickleException.quote(module + " " + name),
                    "one that tensors need");
        }
        return global;
    }

    /** Takes everything from {@code begin} to the top off the stack. */
    private List<Value> take(int begin) {
        if (begin < 0) {
            throw underflow();
        }
        List<Value> top = stack.subList(begin, stack.size());
        budget.charge(TUPLE_COST + 32L * top.size());
        List<Value> taken = List.copyOf(top);
        if (taken.contains(MARK)) {
            throw underflow();
        }
        top.clear();
        return taken;
    }

    private List<Value> takeToMark() {
        List<Value> taken = take(stack.lastIndexOf(MARK) + 1);
        if (stack.isEmpty()) {
            throw underflow();
        }
        stack.remove(stack.size() - 1);
        return taken;
    }

    private void tuple(int begin) {
        stack.add(new Value.Tuple(take(begin)));
    }

    private void tupleToMark() {
        stack.add(new Value.Tuple(takeToMark()));
    }

    private void dict() {
        budget.charge(DICT_COST);
        stack.add(new Value.Dict());
    }

    private void items(int begin) {
        add(take(begin));
    }

    private void itemsToMark() {
        add(takeToMark());
    }

    private void add(List<Value> keysAndValues) {
        if (stack.isEmpty() || !(stack.get(stack.size() - 1) instanceof Value.Dict dict)) {
            throw in.fail(Kind.STRUCTURE, "items for something else", "a dictionary");
        }
        if (keysAndValues.size() % 2 != 0) {
            throw in.fail(Kind.STRUCTURE, "a key without a value", "pairs");
        }
        budget.charge(ITEM_COST * keysAndValues.size() / 2);
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (!(keysAndValues.get(i) instanceof Value.Text key)) {
                throw in.fail(Kind.STRUCTURE, keysAndValues.get(i).what() + " as a key", "a text");
            }
            if (dict.items().put(key.value(), keysAndValues.get(i + 1)) != null) {
                throw in.fail(Kind.STRUCTURE, "the key " + PickleException.quote(key.value()) + " twice", "it once");
            }
        }
    }

    private void reduce() {
        budget.charge(DICT_COST);
        Value arguments = pop();
        Value function = pop();
        stack.add(rebuild.call(function, arguments));
    }

    /** Sets attributes of an object; the one that occurs is a dictionary's {@code _metadata}, and nothing needs it. */
    private void build() {
        Value state = pop();
        Value object = pop();
        if (!(object instanceof Value.Dict)
                || !(state instanceof Value.Dict attributes)
                || !attributes.items().keySet().equals(Collections.singleton("_metadata"))) {
            throw in.fail(
                    Kind.STRUCTURE, "attributes for " + object.what(), "only _metadata of a dictionary of tensors");
        }
        stack.add(object);
    }

    private void put(long index) {
        budget.charge(MEMO_COST);
        Value top = pop();
        memo.put(index, top);
        stack.add(top);
    }

    private void get(long index) {
        Value value = memo.get(index);
        if (value == null) {
            throw in.fail(Kind.STRUCTURE, "no value under the number " + index, "one");
        }
        stack.add(value);
    }
}
