package org.statecraft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The directions of the modules. It stands here because this module sees all others. */
@AnalyzeClasses(packages = "org.statecraft", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule dependenciesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("model")
            .definedBy("org.statecraft.model..")
            .layer("peft")
            .definedBy("org.statecraft.peft..")
            .layer("compress")
            .definedBy("org.statecraft.compress..")
            .layer("eval")
            .definedBy("org.statecraft.eval..")
            .layer("workbench")
            .definedBy("org.statecraft.workbench..")
            .layer("web-ui")
            .definedBy("org.statecraft.webui..")
            .whereLayer("model")
            .mayNotAccessAnyLayer()
            .whereLayer("peft")
            .mayOnlyAccessLayers("model")
            .whereLayer("compress")
            .mayOnlyAccessLayers("model")
            .whereLayer("eval")
            .mayOnlyAccessLayers("model")
            .whereLayer("workbench")
            .mayOnlyAccessLayers("model", "peft", "compress", "eval")
            .whereLayer("web-ui")
            .mayOnlyAccessLayers("workbench");

    @ArchTest
    static final ArchRule theCoreKnowsNoFrameworkOfTheOuterModules = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.statecraft.model..",
                    "org.statecraft.peft..",
                    "org.statecraft.compress..",
                    "org.statecraft.eval..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut..", "java.sql..", "javax.sql..", "picocli..", "org.snakeyaml..");

    @ArchTest
    static final ArchRule theDashboardKnowsNoTensor = noClasses()
            .that()
            .resideInAPackage("org.statecraft.webui..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule recipesAreReadWithoutTheTensorLibrary = noClasses()
            .that()
            .resideInAnyPackage("org.statecraft.workbench.recipe..", "org.statecraft.workbench.table..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule nothingIsDeserializedIntoCode =
            noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream");
}
