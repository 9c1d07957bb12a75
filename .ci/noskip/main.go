// Command noskip reads the events of "go test -json" and makes them readable:
// the output of what failed, a line for each package, and in the end the tests that
// took longest and the count of those that passed, failed and were skipped. It exits 1 if a test failed
// and, where CI=true, also if one was skipped: a suite that skips has not held
// what it promises.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// event is one line of "go test -json" (go doc test2json).
type event struct {
	Action  string // run, output, pass, fail, skip, build-output, …
	Package string
	Test    string
	Elapsed float64
	Output  string
}

func main() {
	s := summary{strict: os.Getenv("CI") == "true"}
	if err := s.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "noskip:", err)
		os.Exit(2)
	}
	if !s.finish(os.Stdout) {
		os.Exit(1)
	}
}

// name is one test; without Test it is its whole package.
type name struct{ Package, Test string }

// summary is what the events come to.
type summary struct {
	strict                  bool // a skipped test is a failure
	passed, failed, skipped int
	broken                  int // packages that failed without a failing test: build errors, panics, time
	output                  map[name][]string
	counts                  map[string]int // tests that ran, by package
	wrong                   map[string]bool
	skips                   []string
	slow                    []event // tests that take long, the longest first
}

// slowest is how many of the tests that take longest are named, slowFrom from how many
// seconds on.
const (
	slowest  = 12
	slowFrom = 10
)

// read takes every event and prints what should not wait for the end.
func (s *summary) read(in io.Reader, out io.Writer) error {
	s.output, s.counts, s.wrong = map[name][]string{}, map[string]int{}, map[string]bool{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text()) // go itself speaks: a missing module, a bad flag
			continue
		}
		s.take(e, out)
	}
	return lines.Err()
}

func (s *summary) take(e event, out io.Writer) {
	of := name{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "output":
		s.output[of] = append(s.output[of], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.closePackage(e, out)
		} else {
			s.closeTest(e, out)
		}
		delete(s.output, of)
	}
}

func (s *summary) closeTest(e event, out io.Writer) {
	s.counts[e.Package]++
	if e.Elapsed >= slowFrom && !strings.Contains(e.Test, "/") {
		s.slow = append(s.slow, e)
		slices.SortStableFunc(s.slow, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
		s.slow = s.slow[:min(len(s.slow), slowest)]
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		s.wrong[e.Package] = true
		fmt.Fprintf(out, "\nFAILED %s %s\n%s\n", e.Package, e.Test, strings.Join(s.output[name{e.Package, e.Test}], ""))
	case "skip":
		s.skipped++
		s.skips = append(s.skips, e.Package+" "+e.Test+": "+reason(s.output[name{e.Package, e.Test}]))
	}
}

func (s *summary) closePackage(e event, out io.Writer) {
	if e.Action == "fail" && !s.wrong[e.Package] {
		s.broken++
		fmt.Fprintf(out, "\nFAILED %s\n%s\n", e.Package, strings.Join(s.tail(e.Package), ""))
	}
	if n := s.counts[e.Package]; n > 0 || e.Action == "fail" {
		fmt.Fprintf(out, "%-4s %-24s %5d tests %8.1f s\n", e.Action, e.Package, n, e.Elapsed)
	}
}

// tail is what a package said that failed outside any test that ended: its own
// output and that of the tests it took with it.
func (s *summary) tail(pkg string) []string {
	var list []string
	for _, of := range slices.SortedFunc(maps.Keys(s.output), func(a, b name) int { return cmp.Compare(a.Test, b.Test) }) {
		if of.Package == pkg {
			list = append(list, s.output[of]...)
		}
	}
	return list
}

// reason is what a skipped test said last before it was.
func reason(output []string) string {
	said := "no reason given"
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			said = line
		}
	}
	return said
}

// finish prints the verdict and reports whether everything held.
func (s *summary) finish(out io.Writer) bool {
	fmt.Fprintln(out)
	for _, e := range s.slow {
		fmt.Fprintf(out, "slow %-24s %-40s %8.1f s\n", e.Package, e.Test, e.Elapsed)
	}
	for _, skip := range s.skips {
		fmt.Fprintln(out, "SKIPPED", skip)
	}
	if s.broken > 0 {
		fmt.Fprintf(out, "%d packages failed as a whole\n", s.broken)
	}
	if s.passed+s.failed+s.skipped == 0 {
		fmt.Fprintln(out, "no test ran")
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	isSkipping := s.strict && s.skipped > 0
	return s.failed+s.broken == 0 && s.passed > 0 && !isSkipping
}
