package org.statecraft.peft.lora;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Weight;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.StoredAdapter;
import org.statecraft.peft.Target;
import org.statecraft.peft.Targets;
import org.statecraft.peft.TensorAdapter;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Low-rank adaptation: one {@link LoraSite} for each matrix that is changed.
 *
 * <p>One factor starts at random and the other at 0, so an untrained adapter changes nothing; a magnitude starts as the norms of the
 * rows.
 */
public final class Lora extends TensorAdapter {
    /** {@code peft_type} of stored adapters. */
    public static final String TYPE = "LORA";

    private final LoraConfig config;
    private final List<LoraSite> sites;
    private final Head head;
    private final int layerCount;

    /** What an adapter of the embedding does to the head. */
    enum Head {
        /** The head has a parameter of its own, or the embedding is not adapted. */
        APART,
        /** The head is the embedding's parameter and changes with it. */
        FOLLOWS,
        /** The head is the embedding's parameter and stays as it is, as peft has it unless told otherwise. */
        STAYS
    }

    private Lora(Tensors tensors, LoraConfig config, List<LoraSite> sites, Head head, LanguageModel model) {
        super(tensors);
        this.config = config;
        this.sites = List.copyOf(sites);
        this.head = head;
        this.layerCount = model.layers().size();
    }

    /**
     * An untrained adapter. A tied head follows the embedding.
     *
     * @param targets names of {@link Targets}: linear maps, slices of them, {@code embeddings}, {@code conv1d}
     * @param seed decides the random factors
     * @throws InputException when a target matches nothing, is no matrix, or has rows of another target
     */
    public static Lora create(
            LanguageModel model, LoraConfig config, List<String> targets, LayerRange layers, long seed) {
        List<LoraSite> sites = sites(Targets.find(model, LoraConfig.ordered(targets), layers), config);
        Tensors tensors = Tensors.create(model, specs(model, sites), seed);
        return new Lora(tensors, config, sites, head(model, sites, true), model);
    }

    /**
     * An adapter from its folder, which may be peft's. Which matrices it changes is told by its tensors.
     *
     * @throws InputException when it does not fit the model, or its configuration asks for what would give other results here
     */
    public static Lora load(LanguageModel model, StoredAdapter stored) {
        try {
            LoraFile file = new LoraFile(stored.config());
            LoraConfig config = file.config();
            List<LoraSite> sites = sites(LoraFile.targets(model, stored.names()), config);
            Head head = head(model, sites, file.tiesHead());
            // where the head follows, peft stores its own view of the embedding's factors once more
            StoredAdapter own =
                    head == Head.FOLLOWS ? stored.without(key -> key.startsWith(LoraFile.HEAD_PREFIX)) : stored;
            return new Lora(Tensors.load(model, own, specs(model, sites)), config, sites, head, model);
        } catch (InputException e) {
            String place = stored.configFile().getParent().toString();
            throw e.getMessage().startsWith(place)
                    ? e
                    : new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    private static Head head(LanguageModel model, List<LoraSite> sites, boolean follows) {
        boolean embedding = sites.stream().anyMatch(site -> site.target().name().equals(LoraSite.EMBEDDING));
        if (!embedding || model.parameters().containsKey(LoraFile.HEAD_WEIGHT)) {
            return Head.APART;
        }
        return follows ? Head.FOLLOWS : Head.STAYS;
    }

    private static List<LoraSite> sites(List<Target> targets, LoraConfig config) {
        Map<String, List<Target>> byWeight = new HashMap<>();
        for (Target target : targets) {
            if (!LoraConfig.TARGETS.contains(target.name())) {
                throw new InputException("target " + target.name() + " is no linear map, embedding or convolution, "
                        + "so there is nothing to factor; LoRA takes " + String.join(", ", LoraConfig.TARGETS));
            }
            if (config.variant().hasMagnitude() && target.name().equals(LoraSite.EMBEDDING)) {
                throw new InputException(
                        "target embeddings has no variant " + config.variant()
                                + ": a magnitude belongs to the outputs of a linear map; use variant lora or rslora, or take it out");
            }
            List<Target> same = byWeight.computeIfAbsent(target.weight(), weight -> new ArrayList<>());
            for (Target other : same) {
                if (target.fromRow() < other.fromRow() + other.rows()
                        && other.fromRow() < target.fromRow() + target.rows()) {
                    throw new InputException("targets " + other.name() + " and " + target.name() + " have rows of "
                            + target.weight() + " in common; name only one of them");
                }
            }
            same.add(target);
        }
        return targets.stream().map(target -> LoraSite.of(target, config)).toList();
    }

    private static List<TensorSpec> specs(LanguageModel model, List<LoraSite> sites) {
        Map<String, Weight> parameters = model.parameters();
        return sites.stream()
                .flatMap(site -> site.specs(parameters.get(site.target().weight())).stream())
                .toList();
    }

    @Override
    public Weight weight(String name, Weight weight) {
        Weight changed = weight;
        for (LoraSite site : sites) {
            if (site.target().weight().equals(name)) {
                changed = site.change(changed, tensors());
            }
        }
        return changed;
    }

    @Override
    public Weight tiedHead(Weight tied) {
        return head == Head.STAYS ? tied : super.tiedHead(tied);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, Object> config() {
        return LoraFile.fields(config, sites, head == Head.FOLLOWS, layerCount);
    }

    @Override
    public Set<String> movedFirst() {
        Set<String> random = sites.stream().map(LoraSite::randomFactor).collect(Collectors.toSet());
        return parameters().keySet().stream()
                .filter(key -> !random.contains(key))
                .collect(Collectors.toSet());
    }

    @Override
    public String whyNotMerged() {
        return head == Head.STAYS
                ? "it changes the embedding and not the head, which are one parameter of this model"
                : null;
    }
}
