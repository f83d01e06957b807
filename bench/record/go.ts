import type { Suite } from "./suite.ts";

const MODULE = "module example.com/store\n\ngo 1.19\n";
const TESTS = `package store

import "testing"

func TestPuts(t *testing.T) {}

func TestGets(t *testing.T) {
	if got := 1 + 1; got != 3 {
		t.Fatalf("got %d, want 3", got)
	}
}

func TestTable(t *testing.T) {
	for _, name := range []string{"one", "two words", "three/deep"} {
		t.Run(name, func(t *testing.T) {
			if name != "one" {
				t.Errorf("%s is wrong", name)
			}
		})
	}
}

func TestSkipped(t *testing.T) { t.Skip("slow") }

func TestParallel(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		name := name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "b" {
				t.Error("b is wrong")
			}
		})
	}
}
`;
const FAILED = ["TestGets", "TestTable/two_words", "TestTable/three/deep", "TestParallel/b"];
const PANIC = `package store

import "testing"

func TestPuts(t *testing.T) {}

func TestPanics(t *testing.T) {
	var m map[string]int
	m["a"] = 1
}

func TestNeverRun(t *testing.T) {}
`;
const HANG = `package store

import (
	"sync"
	"testing"
	"time"
)

func TestPuts(t *testing.T) {}

func TestHangs(t *testing.T) {
	t.Run("quick", func(t *testing.T) {})
	t.Run("forever", func(t *testing.T) {
		var mu sync.Mutex
		go func() { time.Sleep(time.Hour) }()
		mu.Lock()
		mu.Lock()
	})
}
`;
const suite = (
  name: string,
  command: string,
  test: string,
  failed: string[],
  more: Partial<Suite> = {},
): Suite => ({
  name,
  programs: ["go"],
  files: { "go.mod": MODULE, "store_test.go": test },
  command,
  failed,
  ...more,
});
const GOPATH = "/usr/share/gocode/src";

export const go: readonly Suite[] = [
  suite("go-plain", "go test ./...", TESTS, FAILED),
  suite("go-v", "go test -v ./...", TESTS, FAILED),
  suite("go-json", "go test -json ./...", TESTS, FAILED),
  suite("go-panic", "go test ./...", PANIC, ["TestPanics"]),
  suite("go-panic-v", "go test -v ./...", PANIC, ["TestPanics"]),
  suite("go-timeout", "go test -timeout 1s ./...", HANG, ["TestHangs"]),
  suite("go-timeout-v", "go test -v -timeout 1s ./...", HANG, ["TestHangs/forever"]),
  suite("go-timeout-json", "go test -json -timeout 1s ./...", HANG, ["TestHangs/forever"]),
  suite("go-build-failure", "go test ./...; go vet ./...", TESTS.replace("1 + 1;", '1 + "1";'), []),
  suite(
    "go-race",
    "CGO_ENABLED=1 go test -race ./...",
    `package store

import "testing"

func TestPuts(t *testing.T) {}

func TestRaces(t *testing.T) {
	n, done := 0, make(chan bool)
	go func() { n++; done <- true }()
	n++
	<-done
	_ = n
}
`,
    ["TestRaces"],
    { programs: ["go", "gcc"] },
  ),
  suite(
    "gotestsum",
    "gotestsum --format testname --rerun-fails=2 --packages ./... -- -count=1",
    `${TESTS.replace('"testing"', '(\n\t"os"\n\t"testing"\n)')}
func TestInTheEnd(t *testing.T) {
	if _, err := os.Stat("tried"); err != nil {
		os.WriteFile("tried", nil, 0o644)
		t.Fatal("not yet")
	}
}
`,
    FAILED,
    { programs: ["go", "gotestsum"], retried: ["TestInTheEnd"] },
  ),
  suite("gotestsum-dots", "gotestsum --format dots", TESTS, FAILED, { programs: ["go", "gotestsum"] }),
  {
    name: "go-testify",
    programs: ["go"],
    needs: [`${GOPATH}/github.com/stretchr/testify`],
    files: {
      "src/store/store_test.go": `package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/stretchr/testify/suite"
)

func TestEqual(t *testing.T) { assert.Equal(t, 3, 1+1, "sum") }

func TestEventually(t *testing.T) {
	require.Eventually(t, func() bool { return false }, 50*time.Millisecond, 10*time.Millisecond)
}

type storeSuite struct{ suite.Suite }

func (s *storeSuite) TestPuts() {}

func (s *storeSuite) TestGets() { s.Require().NoError(assert.AnError) }

func TestStore(t *testing.T) { suite.Run(t, new(storeSuite)) }
`,
    },
    command: `GO111MODULE=off GOFLAGS= GOPATH=$PWD:/usr/share/gocode go test -v store`,
    failed: ["TestEqual", "TestEventually", "TestStore/TestGets"],
  },
  {
    name: "gocheck",
    programs: ["go"],
    needs: [`${GOPATH}/gopkg.in/check.v1`],
    files: {
      "src/store/store_test.go": `package store

import (
	"testing"

	. "gopkg.in/check.v1"
)

func Test(t *testing.T) { TestingT(t) }

type storeSuite struct{}

var _ = Suite(&storeSuite{})

func (s *storeSuite) TestPuts(c *C) {}

func (s *storeSuite) TestGets(c *C) { c.Assert(1+1, Equals, 3) }

func (s *storeSuite) TestPanics(c *C) { panic("no such key") }
`,
    },
    command: `GO111MODULE=off GOFLAGS= GOPATH=$PWD:/usr/share/gocode go test store`,
    failed: ["TestGets", "TestPanics"],
  },
  suite(
    "one-process-per-test",
    // as harnesses do that run each test of a compiled package alone, some at a time
    `go test -c -o store.test . && for t in TestPuts TestGets TestTable TestHangs; do
  (if ./store.test -test.v -test.timeout 1s -test.run "^$t$" >"$t.out" 2>&1; then echo "[PASS]  example.com/store $t"; else echo "[FAIL]  example.com/store $t"; echo "err=exit status 1"; cat "$t.out"; fi) &
done; wait`,
    `${TESTS.replace('import "testing"', 'import (\n\t"testing"\n\t"time"\n)')}
func TestHangs(t *testing.T) { time.Sleep(time.Hour) }
`,
    ["TestGets", "TestTable/two_words", "TestTable/three/deep", "TestHangs"],
  ),
];
