package org.statecraft.eval.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.InputException;

/** The formats of the library datasets, the writing tasks, and what is wrong with files and options (invented records). */
class DatasetTest {
    private static final String ROWS = "[{\"a\":1,\"b\":\"x\"}, {\"a\":2,\"b\":\"y\"}]";

    @TempDir
    Path temporary;

    private Path file(String name, String text) {
        Path file = temporary.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                OutputStream packed = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
            packed.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private static String read(String loader, Map<String, Object> kwargs, Path... files) {
        return Dataset.rows(loader, kwargs, List.of(files)).toString().replace('"', '\'');
    }

    private String refused(String loader, Map<String, Object> kwargs, Path... files) {
        return assertThrows(InputException.class, () -> Dataset.rows(loader, kwargs, List.of(files)))
                .getMessage()
                .replace(temporary + "/", "");
    }

    @ParameterizedTest
    @CsvSource({"a.json", "a.jsonl", "a.json.gz", "b.jsonl.gz", "misnamed.txt"})
    void jsonIsAnArrayOrLinesByItsContentNotItsName(String name) {
        boolean array = name.startsWith("a.");
        String text = array ? "\n  " + ROWS : "{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2,\"b\":\"y\"}\n";

        assertEquals("[{'a':1,'b':'x'}, {'a':2,'b':'y'}]", read("json", Map.of(), file(name, text)));
    }

    @Test
    void filesOfASplitFollowEachOther() {
        Path first = file("1.tsv", "gj\t1\t\tOne.\ngj\t0\t*\tTwo.\n");
        Path second = file("2.tsv", "cl\t1\t\tThree \"quoted.\n");

        assertEquals(
                "[{'sentence':'One.','label':1,'idx':0}, {'sentence':'Two.','label':0,'idx':1},"
                        + " {'sentence':'Three \\'quoted.','label':1,'idx':2}]",
                read("cola_tsv", Map.of(), first, second));
    }

    @Test
    void columnsOfNumbersBecomeNumbersAndOthersStayTexts() {
        Path file = file("a.csv", "n,x,t,s,e\n1,1.5,True,NA,\n-02,3,False,7,4\n");

        assertEquals(
                "[{'n':1,'x':1.5,'t':true,'s':'NA','e':''}, {'n':-2,'x':3.0,'t':false,'s':'7','e':'4'}]",
                read("csv", Map.of(), file));
    }

    @Test
    void csvTakesTheOptionsOfPandas() {
        Path file = file("a.tsv", "1\tsays \"no\n2\tyes\n");

        assertEquals(
                "[{'label':1,'text':'says \\'no'}, {'label':2,'text':'yes'}]",
                read("csv", Map.of("sep", "\t", "quoting", 3, "column_names", List.of("label", "text")), file));
        assertEquals(
                "[{'a':'1,2','b':3}]",
                read("csv", Map.of("delimiter", ",", "data_files", Map.of()), file("b.csv", "a,b\n\"1,2\",3\n")));
    }

    @Test
    void textIsLinesParagraphsOrOneDocument() {
        Path file = file("a.txt", "one\n\ntwo\nthree\n");

        assertEquals("[{'text':'one'}, {'text':''}, {'text':'two'}, {'text':'three'}]", read("text", Map.of(), file));
        assertEquals(
                "[{'text':'one'}, {'text':'two\\nthree\\n'}]", read("text", Map.of("sample_by", "paragraph"), file));
        assertEquals("[{'text':'one\\n\\ntwo\\nthree\\n'}]", read("text", Map.of("sample_by", "document"), file));
        assertEquals(
                List.of(1, 3),
                Dataset.records("text", Map.of("sample_by", "paragraph"), List.of(file)).stream()
                        .map(record -> record.line())
                        .toList());
    }

    /** Lines keep their blanks and ends, a line of blanks is an empty row, and the file ends with a row of its own. */
    @Test
    void aRawWikitextFileIsJoinedAsTheRowsOfTheHub() {
        Path file = file("wiki.raw", " \n = A page = \n \n Its text . \n Last");

        assertEquals(
                "[{'text':'\\n\\n = A page = \\n\\n\\n\\n\\n Its text . \\n\\n\\n Last'}]",
                read("wikitext_joined", Map.of(), file));
    }

    @Test
    void dartHasAllReferencesThatSaySomething() {
        Path file = file(
                "dev.json",
                "[{\"tripleset\": [[\"A\", \"IS\", \"B\"], [\"B\", \"IS\", \"C\"]], \"annotations\":"
                        + " [{\"source\": \"s\", \"text\": \"A is B.\"}, {\"source\": \"s\", \"text\": \" \"}]}]");

        assertEquals("[{'triples':'A : IS : B | B : IS : C','references':['A is B.']}]", read("dart", Map.of(), file));
    }

    @Test
    void spiderReadsTheSchemasBesideTheQuestions() {
        Path file = file("dev.json", "[{\"question\": \"How many?\", \"query\": \"SELECT 1\", \"db_id\": \"d\"}]");
        Path tables = file(
                "tables.json",
                "[{\"db_id\": \"d\", \"table_names_original\": [\"T\"], \"column_names_original\": [[-1, \"*\"], [0,"
                        + " \"Id\"]], \"column_types\": [\"text\", \"number\"], \"foreign_keys\": [],"
                        + " \"primary_keys\": [1]}]");

        assertEquals(
                "[{'question':'How many?','schema':'t: id number ,  foreign:  ,  primary: id','query':'select 1',"
                        + "'gold':'SELECT 1','db_id':'d'}]",
                read("spider", Map.of(), file));
        assertEquals(List.of(file, tables), Dataset.files("spider", List.of(file)));
    }

    @Test
    void samsumIsDialogueAndSummary() {
        Path file = file("a.jsonl", "{\"id\": \"7\", \"summary\": \"S.\", \"dialogue\": \"A: hi\\nB: ho\"}\n");

        assertEquals("[{'dialogue':'A: hi\\nB: ho','summary':'S.'}]", read("samsum", Map.of(), file));
    }

    @Test
    void trainingFileOfOpenbookqaHasInstructions() {
        Path file = file(
                "train.json",
                "[{\"instruction\": \"Please choose the correct answer to the question: The sun is\\n\\nAnswer1: a star"
                        + " Answer2: a moon Answer3: big\\n\\nAnswer format: answer1/answer2/answer3\", \"answer\":"
                        + " \"answer1\"}]");

        assertEquals(
                "[{'question_stem':'The sun is','choices':{'text':['a star','a moon','big'],'label':['A','B','C']},"
                        + "'answerKey':'A'}]",
                read("openbookqa_jsonl", Map.of(), file));
    }

    @Test
    void everyMistakeIsToldWithItsPlace() {
        Path file = file(
                "dev.tsv",
                "index\tquestion\tsentence\tlabel\n0\tq\ts\tentailment\n1\tq\ts\tperhaps\n2\tq\ts\n3\tq\ts\t2\n");

        assertEquals(
                "3 records cannot be used:\n"
                        + "  wrong number of columns, 1 record: dev.tsv:4 has 3, expected 4 (index, question, sentence, label)\n"
                        + "  label not in the set, 2 records: dev.tsv:3 has 'perhaps' in 'label', expected entailment,"
                        + " not_entailment or a number from 0 to 1; dev.tsv:5 has '2' in 'label', expected entailment,"
                        + " not_entailment or a number from 0 to 1\n"
                        + "Correct the data, or choose another loader than 'qnli_tsv'",
                refused("qnli_tsv", Map.of(), file));
    }

    @Test
    void aBrokenJsonLineHasItsPlace() {
        assertTrue(refused("json", Map.of(), file("a.jsonl", "{\"a\": 1}\n{\"a\": \n"))
                .contains("a.jsonl:2 is not JSON"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "boolq_jsonl | {\"query\": \"Passage: p\", \"gold\": 1} | a.jsonl:1 has a query that is not",
                "boolq_jsonl | {\"query\": \"Passage: p\\nQuestion: q?\", \"gold\": 2} | a.jsonl:1 has '2' in 'gold'",
                "openbookqa_jsonl | {\"query\": \"q\", \"choices\": [], \"gold\": 0} | a.jsonl:1 has no list of texts in 'choices'",
                "openbookqa_jsonl | {\"query\": \"q\", \"choices\": [1], \"gold\": 0} | a.jsonl:1 has something else than texts in 'choices': 1",
                "openbookqa_jsonl | {\"query\": \"q\", \"choices\": [\"a\"], \"gold\": 1} | a.jsonl:1 has '1' in 'gold', expected a number from 0 to 0",
                "winogrande_jsonl | {\"sentence\": \"_\", \"option1\": \"a\", \"answer\": \"1\"} | a.jsonl:1 has no 'option2'",
                "arc_instructions | {\"instruction\": \"Why?\", \"answer\": \"answer1\"} | a.jsonl:1 has an instruction that is not",
                "samsum | {\"dialogue\": 3, \"summary\": \"s\"} | a.jsonl:1 has no text in 'dialogue': 3",
            })
    void recordsThatAreNoRowsAreMistakes(String loader, String line, String message) {
        String refused = refused(loader, Map.of(), file("a.jsonl", line + "\n"));

        assertTrue(refused.contains(message), refused);
    }

    @Test
    void labelsOfPiqaStandLineForLineBesideTheQuestions() {
        Path file = file("valid.jsonl", "{\"goal\": \"g\", \"sol1\": \"a\", \"sol2\": \"b\"}\n");

        assertTrue(refused("piqa_files", Map.of(), file).contains("valid-labels.lst: no such file"));
        file("valid-labels.lst", "1\n0\n");
        assertTrue(refused("piqa_files", Map.of(), file).contains("1 questions"), "one label too many");
        file("valid-labels.lst", "3\n");
        assertTrue(refused("piqa_files", Map.of(), file).contains("valid-labels.lst:1 has '3'"));
        file("valid-labels.lst", "1\n");
        assertEquals("[{'goal':'g','sol1':'a','sol2':'b','label':1}]", read("piqa_files", Map.of(), file));
    }

    @Test
    void itemsOfHellaswagHaveSixLines() {
        String item = "Cooking: A man cooks. He stirs\n4\na\nb\nc\nd\n";

        assertTrue(refused("hellaswag_text", Map.of(), file("a.txt", item + "more\n"))
                .startsWith("a.txt has 7 lines, expected 6 for each item"));
        assertTrue(refused("hellaswag_text", Map.of(), file("a.txt", item)).contains("a.txt:1 is followed by '4'"));
        assertEquals(
                "[{'activity_label':'Cooking','ctx_a':'A man cooks. He stirs','ctx_b':'','endings':['a','b','c','d'],"
                        + "'label':'2'}]",
                read("hellaswag_text", Map.of(), file("a.txt", item.replace('4', '2'))));
    }

    @Test
    void unknownLoadersAndOptionsNameTheNearest() {
        Path file = file("a.json", ROWS);

        assertTrue(refused("jsonl", Map.of(), file).endsWith("did you mean 'json'?"));
        assertTrue(refused("json", Map.of("sep", ","), file).endsWith("has no option 'sep', it takes none"));
        assertTrue(refused("csv", Map.of("column_name", List.of()), file).endsWith("did you mean 'column_names'?"));
        assertEquals(
                "dataset_kwargs.sep: found \";\", expected \",\" or \"\\t\" for the loader 'csv'",
                refused("csv", Map.of("sep", ";"), file));
        assertTrue(refused("csv", Map.of("quoting", 3), file).contains("only fields between tabs"));
        assertTrue(refused("csv", Map.of("quoting", "none"), file).contains("found \"none\", expected 0"));
    }

    @Test
    void aFormatOfAModuleThatIsNotThereSaysWhatIsMissing() {
        assertTrue(refused("parquet", Map.of(), file("a.parquet", "PAR1"))
                .startsWith("a.parquet: nothing on the class path reads parquet; put the module statecraft-parquet"));
    }
}
