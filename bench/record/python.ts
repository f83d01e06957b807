import type { Suite } from "./suite.ts";

const PYTEST = `import pytest

def test_puts():
    pass

def test_gets_what_was_put():
    assert 1 + 1 == 3

@pytest.mark.parametrize("n", [1, 2])
def test_doubles(n):
    assert n * 2 == 2

@pytest.mark.skip(reason="slow")
def test_skipped():
    pass

@pytest.mark.xfail
def test_known():
    assert False

@pytest.fixture
def door():
    raise RuntimeError("locked")

class TestShop:
    def test_sells(self, door):
        pass

    def test_throws(self):
        raise KeyError("no such key")
`;
const FAILED = ["test_gets_what_was_put", "test_doubles[2]", "test_sells", "test_throws"];
const pytest = (name: string, command: string, more: Partial<Suite> = {}): Suite => ({
  name,
  programs: ["/usr/bin/python3"],
  needs: ["/usr/lib/python3/dist-packages/pytest"],
  files: { "test_store.py": PYTEST },
  command: `/usr/bin/python3 -m pytest -p no:cacheprovider ${command}`,
  failed: FAILED,
  ...more,
});

export const python: readonly Suite[] = [
  pytest("pytest-default", ""),
  pytest("pytest-quiet-short", "-q --tb=short -rA"),
  pytest("pytest-lines", "--tb=line -v --color=yes"),
  pytest("pytest-xdist", "-n 2 -v", { needs: ["/usr/lib/python3/dist-packages/xdist"] }),
  pytest("pytest-reruns", "--reruns 2 -v", {
    needs: ["/usr/lib/python3/dist-packages/pytest_rerunfailures.py"],
    files: {
      "test_store.py": `${PYTEST}
tries = 0

def test_in_the_end():
    global tries
    tries += 1
    assert tries > 1
`,
    },
    retried: ["test_in_the_end"],
  }),
  pytest("pytest-timeout", "-v --timeout=1", {
    needs: ["/usr/lib/python3/dist-packages/pytest_timeout.py"],
    files: {
      "test_store.py": `import time

def test_puts():
    pass

def test_waits():
    time.sleep(30)
`,
    },
    failed: ["test_waits"],
  }),
  pytest("pytest-crash", "-v", {
    files: {
      "test_store.py": `import faulthandler, os, signal

def test_puts():
    pass

def test_crashes():
    os.kill(os.getpid(), signal.SIGSEGV)

def test_never_run():
    pass
`,
    },
    failed: ["test_crashes"],
  }),
  {
    name: "unittest-verbose",
    programs: ["/usr/bin/python3"],
    files: {
      "test_store.py": `import unittest

class StoreTest(unittest.TestCase):
    def test_puts(self):
        pass

    def test_gets(self):
        """Gets what was put."""
        self.assertEqual(1 + 1, 3)

    def test_throws(self):
        raise KeyError("no such key")

    @unittest.skip("slow")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_surprise(self):
        pass

class ShopTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("locked")

    def test_sells(self):
        pass
`,
    },
    command: "/usr/bin/python3 -m unittest -v",
    failed: ["test_gets", "test_throws", "setUpClass", "test_surprise"],
  },
  {
    name: "behave",
    programs: ["behave"],
    files: {
      "features/store.feature": `Feature: store

  Scenario: putting
    Given a store
    Then it has 1 things

  Scenario: getting what was put
    Given a store
    Then it has 3 things
`,
      "features/steps/steps.py": `from behave import given, then

@given("a store")
def a_store(context):
    context.things = 1

@then("it has {n:d} things")
def it_has(context, n):
    assert context.things == n, f"{context.things} != {n}"
`,
    },
    command: "behave --no-color",
    failed: ["getting what was put"],
  },
  {
    name: "nose2",
    programs: ["/usr/bin/python3"],
    needs: ["/usr/lib/python3/dist-packages/nose2"],
    files: {
      "test_store.py": `import unittest

class StoreTest(unittest.TestCase):
    def test_puts(self):
        pass

    def test_gets(self):
        self.assertEqual(1 + 1, 3)

def test_alone():
    raise KeyError("no such key")
`,
    },
    command: "/usr/bin/python3 -m nose2 -v",
    failed: ["test_gets", "test_alone"],
  },
];
