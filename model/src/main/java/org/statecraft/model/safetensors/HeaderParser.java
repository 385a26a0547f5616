package org.statecraft.model.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.statecraft.model.safetensors.SafetensorsException.Kind;

/**
 * Reads the JSON header of a safetensors file token by token, so that memory grows with what is there and not with what is
 * claimed. A few bytes of JSON can ask for an object of many, so what a header can ask for repeatedly is charged, at more than
 * it costs: opening a file allocates at most the size of the file and {@link #CONSTANT}.
 *
 * <p>The form is {@code {"__metadata__": {string: string}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}}.
 */
final class HeaderParser {
    static final int MAX_BYTES = 100_000_000;
    static final String METADATA = "__metadata__";
    /** Enough for several thousand tensors, however small these are. */
    static final long CONSTANT = 8L << 20;

    private static final long TENSOR_COST = 2560;
    private static final long FIELD_COST = 512;
    private static final long NUMBER_COST = 96;
    private static final int MAX_STRING = 1 << 20;

    /** No shared table of names: names come from outside, and a table can be made to overflow. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(MAX_STRING)
                    .build())
            .build();

    private final Path file;
    private final JsonParser json;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean metadataSeen;
    /** Bytes that may still be allocated; the header itself is in memory already. */
    private long left;

    private HeaderParser(Path file, JsonParser json, long dataBytes) {
        this.file = file;
        this.json = json;
        this.left = dataBytes + CONSTANT;
    }

    /** Parses and validates a header whose data section has {@code dataBytes} bytes. */
    static Header parse(Path file, byte[] header, long dataBytes) {
        try (Reader text =
                        new InputStreamReader(new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder());
                JsonParser json = JSON.createParser(text)) {
            HeaderParser parser = new HeaderParser(file, json, dataBytes);
            parser.readAll();
            return Header.of(file, parser.tensors.values(), parser.metadata, dataBytes);
        } catch (JsonProcessingException e) {
            throw SafetensorsException.of(
                    Kind.HEADER_NOT_JSON,
                    file,
                    "a header with an error at character "
                            + e.getLocation().getCharOffset() + " ("
                            + SafetensorsException.quote(e.getOriginalMessage()) + ")",
                    "a JSON object");
        } catch (CharacterCodingException e) {
            throw SafetensorsException.of(Kind.HEADER_NOT_UTF8, file, "a header that is not UTF-8", "UTF-8 text");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    private void readAll() throws IOException {
        JsonToken first = json.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw SafetensorsException.of(
                    first == null ? Kind.HEADER_NOT_JSON : Kind.HEADER_NOT_OBJECT,
                    file,
                    first == null ? "an empty header" : "a header that is no JSON object",
                    "a JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(METADATA)) {
                readMetadata();
            } else {
                readTensor(name);
            }
        }
        if (json.nextToken() != null) {
            throw SafetensorsException.of(
                    Kind.HEADER_NOT_JSON, file, "text behind the JSON object of the header", "spaces only");
        }
    }

    private void charge(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw SafetensorsException.of(
                    Kind.HEADER_MEMORY,
                    file,
                    "a header that needs more memory than the file has bytes",
                    "at most the size of the file and " + CONSTANT + " bytes");
        }
    }

    private void readMetadata() throws IOException {
        if (metadataSeen) {
            throw SafetensorsException.of(Kind.DUPLICATE_NAME, file, METADATA + " twice", "it once");
        }
        metadataSeen = true;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw badMetadata();
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            charge(FIELD_COST + 8L * key.length());
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw badMetadata();
            }
            charge(8L * json.getTextLength());
            metadata.put(key, json.getText());
        }
    }

    private SafetensorsException badMetadata() {
        return SafetensorsException.of(
                Kind.METADATA, file, "something else under " + METADATA, "a JSON object whose values are strings");
    }

    private void readTensor(String name) throws IOException {
        charge(TENSOR_COST + 8L * name.length());
        if (tensors.containsKey(name)) {
            throw SafetensorsException.of(Kind.DUPLICATE_NAME, file, name, "a second entry of that name", "one");
        }
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw badEntry(name, "no JSON object", "an object with dtype, shape and data_offsets");
        }
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        Set<String> seen = new HashSet<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            charge(FIELD_COST + 8L * field.length());
            if (!seen.add(field)) {
                throw badEntry(name, "the field " + SafetensorsException.quote(field) + " twice", "it once");
            }
            json.nextToken();
            switch (field) {
                case "dtype" -> dtype = readDType(name);
                case "shape" -> shape = readNumbers(name, field, Kind.SHAPE);
                case "data_offsets" -> offsets = readNumbers(name, field, Kind.OFFSETS);
                default -> json.skipChildren();
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw badEntry(
                    name,
                    "only the fields " + SafetensorsException.quote(seen.toString()),
                    "dtype, shape and data_offsets");
        }
        if (offsets.length != 2) {
            throw badEntry(name, offsets.length + " offsets", "two");
        }
        tensors.put(name, Header.tensor(file, name, dtype, shape, offsets));
    }

    private DType readDType(String name) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw badEntry(name, "a dtype that is no string", "a string");
        }
        String dtype = json.getText();
        return DType.named(dtype)
                .orElseThrow(() -> SafetensorsException.of(
                        Kind.UNKNOWN_DTYPE,
                        file,
                        name,
                        "the dtype " + SafetensorsException.quote(dtype),
                        "one of " + Arrays.toString(DType.values())));
    }

    /** A list of whole numbers in [0, 2^63). */
    private long[] readNumbers(String name, String field, Kind kind) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw badEntry(name, "a " + field + " that is no list", "a list of whole numbers");
        }
        LongStream.Builder numbers = LongStream.builder();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            charge(NUMBER_COST);
            if (!json.currentToken().isNumeric()) {
                throw badEntry(name, "a " + field + " that holds something else", "a list of whole numbers");
            }
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || json.getNumberType() == NumberType.BIG_INTEGER
                    || json.getLongValue() < 0) {
                throw SafetensorsException.of(
                        kind,
                        file,
                        name,
                        SafetensorsException.quote(json.getText()) + " in " + field,
                        "whole numbers from 0 to 2^63 - 1");
            }
            numbers.add(json.getLongValue());
        }
        return numbers.build().toArray();
    }

    private SafetensorsException badEntry(String name, String found, String expected) {
        return SafetensorsException.of(Kind.TENSOR_ENTRY, file, name, found, expected);
    }
}
