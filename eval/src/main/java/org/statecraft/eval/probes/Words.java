package org.statecraft.eval.probes;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.statecraft.eval.python.PythonRandom;

/** Words, names and numbers for text probes. */
final class Words {
    private static final List<String> ADJECTIVES = words(
            "able amber ancient blue bold brave brief bright broad calm careful cheerful clean clever"
                    + " cold crisp curious daring deep distant eager early elegant fair famous fancy fierce final fresh gentle golden grand"
                    + " green happy heavy hidden honest humble icy idle jolly keen kind large late lively lonely loud lucky mellow mighty"
                    + " misty modest narrow neat noble odd patient plain polite proud purple quick quiet rapid rare rough royal rusty sharp"
                    + " shiny silent silver simple slow small smooth solid steady strange swift tall tender tidy tiny vast warm wild wise");
    private static final List<String> NOUNS = words(
            "anchor apple arrow badge barrel basket beacon bell bench blanket bottle bridge bucket button cabin"
                    + " candle canyon castle cellar chapel clock cloud coast compass copper cottage cradle crown desert drum engine falcon"
                    + " feather fence fiddle forest fountain garden gate glacier hammer harbor helmet island jacket kettle ladder lantern"
                    + " lemon letter library lion marble meadow mirror mountain needle oasis orchard otter paddle palace paper pepper piano"
                    + " pillow pilot planet pocket prairie rabbit ribbon river rocket saddle sailor shadow shell shovel spider station"
                    + " stone summit table temple thunder ticket tower tunnel valley velvet village violin wagon walnut window");
    private static final List<String> FIRST_NAMES = words(
            "Adam Alice Anna Anton Beth Boris Carla Carlos Clara Daniel Diana Edgar Elena Elias Emma Eric Fiona"
                    + " Frank Greta Gustav Hannah Harold Helen Hugo Ida Igor Irene Isaac Jane Jonas Judith Karl Karin Kevin Laura Leo Linda"
                    + " Lucas Maria Martin Mona Nadia Nathan Nina Oliver Olga Oscar Paula Peter Petra Quentin Rachel Ralph Rita Robert Rosa"
                    + " Samuel Sarah Simon Sofia Stefan Tanya Theo Thomas Ursula Vera Victor Walter Wendy Xavier Yvonne Zoe");
    private static final List<String> LAST_NAMES = words(
            "Abbott Acosta Baker Barnes Becker Bishop Boyd Carter Castro Chen Clarke Cohen Cole Cooper Cruz Dalton"
                    + " Diaz Doyle Duncan Ellis Evans Fischer Flores Foster Fraser Garcia Gibson Grant Gupta Hansen Harris Hayes Hughes"
                    + " Ibarra Ito Jacobs Jensen Keller Khan Kim Klein Lambert Larsen Lopez Marsh Meyer Moreno Morgan Nakamura Newman"
                    + " Nguyen Novak Olsen Ortega Owens Palmer Patel Perez Quinn Ramos Reid Rossi Santos Schmidt Silva Singh Stone Suzuki"
                    + " Tanaka Taylor Torres Turner Vance Vargas Wagner Walsh Weber Wong Young Zimmer");
    private static final int HEX = 16;

    private Words() {}

    private static List<String> words(String words) {
        return List.of(words.split(" ", -1));
    }

    private static String of(PythonRandom random, List<String> list) {
        return list.get(random.below(list.size()));
    }

    /** An adjective and a noun, as in {@code calm-river}. */
    static String pair(PythonRandom random) {
        return of(random, ADJECTIVES) + "-" + of(random, NOUNS);
    }

    static String fullName(PythonRandom random) {
        return of(random, FIRST_NAMES) + " " + of(random, LAST_NAMES);
    }

    /** Number of different full names. */
    static int fullNames() {
        return FIRST_NAMES.size() * LAST_NAMES.size();
    }

    /** Digits of which the first is at least {@code least}. */
    static String digits(PythonRandom random, int count, int least) {
        StringBuilder digits = new StringBuilder();
        digits.append(least + random.below(10 - least));
        while (digits.length() < count) {
            digits.append(random.below(10));
        }
        return digits.toString();
    }

    /** A random UUID of version 4. */
    static String uuid(PythonRandom random) {
        StringBuilder uuid = new StringBuilder();
        "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".chars().forEach(place -> {
            switch (place) {
                case 'x' -> uuid.append(Integer.toHexString(random.below(HEX)));
                case 'y' -> uuid.append(Integer.toHexString(8 + random.below(4)));
                default -> uuid.append((char) place);
            }
        });
        return uuid.toString();
    }

    /** {@code count} different ones. */
    static List<String> distinct(int count, Supplier<String> draw) {
        Set<String> drawn = new LinkedHashSet<>();
        while (drawn.size() < count) {
            drawn.add(draw.get());
        }
        return List.copyOf(drawn);
    }
}
