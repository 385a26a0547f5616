package org.statecraft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The directions of the modules. It stands here because this module sees all others. */
class ArchitectureTest {
    private static final String[] CORE = {
        "org.statecraft.model..", "org.statecraft.peft..", "org.statecraft.compress..", "org.statecraft.eval.."
    };

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.statecraft");
    }

    @Test
    void dependenciesPointOneWay() {
        layeredArchitecture()
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
                .layer("parquet")
                .definedBy("org.statecraft.parquet..")
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
                .whereLayer("parquet")
                .mayOnlyAccessLayers("model", "eval")
                .whereLayer("workbench")
                .mayOnlyAccessLayers("model", "peft", "compress", "eval")
                .whereLayer("web-ui")
                .mayOnlyAccessLayers("workbench")
                .check(classes);
    }

    @Test
    void theCoreKnowsNoFrameworkOfTheOuterModules() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micronaut..", "javax.sql..", "picocli..", "org.snakeyaml..")
                .check(classes);
    }

    /** Running a predicted query on SQLite is part of the Spider benchmark; everything else in the core needs no database. */
    @Test
    void onlySpiderKnowsADatabaseInTheCore() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .resideOutsideOfPackage("org.statecraft.eval.spider..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..")
                .check(classes);
    }

    @Test
    void theDashboardKnowsNoTensor() {
        noClasses()
                .that()
                .resideInAPackage("org.statecraft.webui..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void recipesAreReadWithoutTheTensorLibrary() {
        noClasses()
                .that()
                .resideInAnyPackage("org.statecraft.workbench.recipe..", "org.statecraft.workbench.table..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(classes);
    }

    @Test
    void theFusedKernelDoesNotRestOnTheReferenceKernel() {
        noClasses()
                .that()
                .resideInAPackage("org.statecraft.model.fused..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.statecraft.model.reference..")
                .check(classes);
    }

    @Test
    void nothingIsDeserializedIntoCode() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(classes);
    }
}
