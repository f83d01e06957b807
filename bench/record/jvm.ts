import type { Suite } from "./suite.ts";

const JARS = "/usr/share/java";
const JUNIT5 = `package com.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StoreTest {
  @Test void puts() {}
  @Test void gets() { assertEquals(3, 1 + 1, "sum"); }
  @Test void throwsIt() { throw new IllegalStateException("no such key"); }
  @Test @Disabled("slow") void skipped() {}
  @Nested class WhenEmpty {
    @Test @DisplayName("waits too long") void waits() {
      Assertions.assertTimeoutPreemptively(Duration.ofMillis(20), () -> Thread.sleep(2000));
    }
  }
}
`;
const JUNIT4 = `package com.acme;

import static org.junit.Assert.assertEquals;

import org.junit.Ignore;
import org.junit.Test;

public class StoreTest {
  @Test public void puts() {}
  @Test public void gets() { assertEquals("sum", 3, 1 + 1); }
  @Test public void throwsIt() { throw new IllegalStateException("no such key"); }
  @Test(timeout = 20) public void waits() throws Exception { Thread.sleep(2000); }
  @Ignore @Test public void skipped() {}
}
`;

export const jvm: readonly Suite[] = [
  {
    name: "junit-console",
    programs: ["java", "javac"],
    needs: [`${JARS}/junit-platform-console.jar`],
    files: { "com/acme/StoreTest.java": JUNIT5 },
    prepare: `javac -cp '${JARS}/*' -d out com/acme/StoreTest.java`,
    command: `java -cp 'out:${JARS}/*' org.junit.platform.console.ConsoleLauncher --disable-banner -c com.acme.StoreTest --include-classname '.*'`,
    failed: ["gets", "throwsIt", "waits"],
  },
  {
    name: "junit4",
    programs: ["java", "javac"],
    needs: [`${JARS}/junit4.jar`, `${JARS}/hamcrest-core.jar`],
    files: { "com/acme/StoreTest.java": JUNIT4 },
    prepare: `javac -cp ${JARS}/junit4.jar -d out com/acme/StoreTest.java`,
    command: `java -cp out:${JARS}/junit4.jar:${JARS}/hamcrest-core.jar org.junit.runner.JUnitCore com.acme.StoreTest`,
    failed: ["gets", "throwsIt", "waits"],
  },
  {
    name: "ant-junit",
    programs: ["ant", "javac"],
    needs: [`${JARS}/junit4.jar`, `${JARS}/ant-junit.jar`],
    files: {
      "com/acme/StoreTest.java": JUNIT4,
      "build.xml": `<project default="test"><target name="test">
  <mkdir dir="out"/><path id="cp"><pathelement location="out"/><pathelement location="${JARS}/junit4.jar"/><pathelement location="${JARS}/hamcrest-core.jar"/></path>
  <javac srcdir="." destdir="out" classpathref="cp" includeantruntime="false"/>
  <junit printsummary="on" fork="true" haltonfailure="false" failureproperty="bad"><classpath refid="cp"/>
    <formatter type="plain" usefile="false"/><test name="com.acme.StoreTest"/></junit>
  <fail if="bad" message="tests failed"/>
</target></project>
`,
    },
    command: "ant test",
    failed: ["gets", "throwsIt", "waits"],
  },
  {
    name: "testng",
    programs: ["java", "javac"],
    needs: [`${JARS}/testng.jar`],
    files: {
      "com/acme/StoreTest.java": `package com.acme;

import org.testng.Assert;
import org.testng.annotations.DataProvider;
import org.testng.annotations.Test;

public class StoreTest {
  @Test public void puts() {}
  @Test public void gets() { Assert.assertEquals(1 + 1, 3, "sum"); }
  @DataProvider public Object[][] numbers() { return new Object[][] {{1}, {2}}; }
  @Test(dataProvider = "numbers") public void doubles(int n) { Assert.assertEquals(n * 2, 2); }
  @Test(dependsOnMethods = "gets") public void skippedByThat() {}
}
`,
    },
    prepare: `javac -cp '${JARS}/testng.jar' -d out com/acme/StoreTest.java`,
    command: `java -cp 'out:${JARS}/testng.jar:${JARS}/jcommander.jar:${JARS}/bsh.jar' org.testng.TestNG -testclass com.acme.StoreTest -verbose 2`,
    failed: ["gets", "doubles(2)"],
  },
];
