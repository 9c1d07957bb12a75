package aiqyn_test

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aiqyn/service"
)

var (
	codeInText  = regexp.MustCompile("(?ms)^```.*?^```|`[^`\n]+`|^    [^\n]+$")
	commandCall = regexp.MustCompile(`(?m)(?:^|[\s` + "`" + `/])aiqyn ([a-z]+)\b`)
	makeCall    = regexp.MustCompile(`\bmake ([a-z]+)\b`)
	testName    = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9]+\b`)
	linkShape   = regexp.MustCompile(`(?:\]\(|src=")([^)#:"]+)[)#"]`)
	makeTarget  = regexp.MustCompile(`(?m)^([a-z-]+):`)
	isDecision  = regexp.MustCompile(`^docs/decisions/\d{4}-[a-z0-9-]+\.md$`)
)

// markdown lists the Markdown files with their text.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range files(t, func(name string) bool { return path.Ext(name) == ".md" }) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	return texts
}

// TestDocsNameWhatThereIs: every command, target, test and file that a page of
// the documentation names is in the tree.
func TestDocsNameWhatThereIs(t *testing.T) {
	commands, targets, tests := commandNames(t), targetNames(t), testNames(t)
	for name, text := range markdown(t) {
		for _, code := range codeInText.FindAllString(text, -1) {
			for _, m := range commandCall.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(commands, m[1]) {
					t.Errorf("%s: there is no command aiqyn %s", name, m[1])
				}
			}
			for _, m := range makeCall.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(targets, m[1]) {
					t.Errorf("%s: the Makefile has no target %s", name, m[1])
				}
			}
			for _, m := range testName.FindAllString(code, -1) {
				if !slices.Contains(tests, m) {
					t.Errorf("%s: there is no test called %s", name, m)
				}
			}
		}
		for _, m := range linkShape.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(m[1], "/") {
				continue // a page of the site: TestNoDeadLinkInTheDocs
			}
			if _, err := os.Stat(path.Join(path.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

// commandNames reads the list of commands of the program.
func commandNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, s := range sources(t) {
		if s.name != "cmd/aiqyn/main.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || v.Names[0].Name != "commands" {
				return true
			}
			for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
				name, _ := stringOf(e.(*ast.CompositeLit).Elts[0])
				names = append(names, name)
			}
			return false
		})
	}
	if len(names) == 0 {
		t.Fatal("cmd/aiqyn/main.go has no list called commands")
	}
	return names
}

func targetNames(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range makeTarget.FindAllStringSubmatch(string(data), -1) {
		names = append(names, m[1])
	}
	return names
}

func testNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.isTest() && f.Recv == nil {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

// TestArchitectureGuardsEveryPoint: each of the thirteen points of what must never
// be false names the test that would fail if it were false.
func TestArchitectureGuardsEveryPoint(t *testing.T) {
	text := markdown(t)["ARCHITECTURE.md"]
	_, points, found := strings.Cut(text, "\n## What must never be false\n")
	points, _, _ = strings.Cut(points, "\n## ")
	rows := 0
	for line := range strings.Lines(points) {
		if !strings.HasPrefix(line, "| ") || !strings.ContainsAny(line[2:3], "0123456789") {
			continue
		}
		rows++
		if !testName.MatchString(line) {
			t.Errorf("no test guards %q", strings.TrimSpace(line))
		}
	}
	if !found || rows != 13 {
		t.Errorf("ARCHITECTURE.md has %d points, want 13", rows)
	}
	if n := strings.Count(text, "\n"); n > 150 {
		t.Errorf("ARCHITECTURE.md has %d lines, at most 150", n)
	}
}

// TestInvariantsAreHeld: each of the fifteen invariants of sharing out names a test.
func TestInvariantsAreHeld(t *testing.T) {
	next := 1
	for line := range strings.Lines(markdown(t)["docs/allocation.md"]) {
		if !strings.HasPrefix(line, fmt.Sprintf("| I%d |", next)) {
			continue
		}
		if next++; !testName.MatchString(line) {
			t.Errorf("no test holds %q", strings.TrimSpace(line))
		}
	}
	if next != 16 {
		t.Errorf("docs/allocation.md has %d invariants, want 15", next-1)
	}
}

// TestStoriesPageIsTheLanguage: the page about stories lists the sentences that
// the program reads, all of them and no other.
func TestStoriesPageIsTheLanguage(t *testing.T) {
	text := markdown(t)["docs/stories.md"]
	_, text, found := strings.Cut(text, "\n## The sentences\n")
	text, _, _ = strings.Cut(text, "\n## ")
	if !found {
		t.Fatal("docs/stories.md has no part called The sentences")
	}
	var listed []string
	for line := range strings.Lines(text) {
		if form, ok := strings.CutPrefix(line, "    "); ok {
			listed = append(listed, strings.TrimSpace(form))
		}
	}
	for _, form := range service.StoryForms {
		if !slices.Contains(listed, form) {
			t.Errorf("docs/stories.md lacks %q", form)
		}
	}
	for _, form := range listed {
		if !slices.Contains(service.StoryForms, form) {
			t.Errorf("docs/stories.md has %q, which the program does not read", form)
		}
	}
	for _, why := range service.Whys {
		if !strings.Contains(text, "`"+why+"`") {
			t.Errorf("docs/stories.md does not say that a date may be %s", why)
		}
	}
}

// TestNoticeNamesEveryModule: whoever's work is linked into the program is
// named, and with the licence.
func TestNoticeNamesEveryModule(t *testing.T) {
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]bool{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for _, spec := range s.file.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
				modules[name] = true
			}
		}
	}
	for name := range modules {
		if !slices.ContainsFunc(strings.Fields(string(notice)), func(word string) bool {
			return strings.Contains(word, "/") && (name == word || strings.HasPrefix(name, word+"/"))
		}) {
			t.Errorf("NOTICE does not name the module of %s", name)
		}
	}
}

// TestDecisionsAreOnePageEach: a decision says what led to it, what it is, what
// follows from it and what else could have been done.
func TestDecisionsAreOnePageEach(t *testing.T) {
	found, pages := 0, markdown(t)
	for name, text := range pages {
		if !isDecision.MatchString(name) {
			continue
		}
		found++
		for _, part := range []string{"\n## Context\n", "\n## Decision\n", "\n## Consequences\n", "\n## Alternatives\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q", name, strings.TrimSpace(part))
			}
		}
		if n := strings.Count(text, "\n"); n > 60 {
			t.Errorf("%s has %d lines, more than a page", name, n)
		}
		for _, page := range []string{"docs/README.md", "docs/README.kk.md", "docs/README.ru.md"} {
			if !strings.Contains(pages[page], strings.TrimPrefix(name, "docs/")) {
				t.Errorf("%s does not lead to %s", page, name)
			}
		}
	}
	if found == 0 {
		t.Error("docs/decisions is empty")
	}
}

// TestDocsNameEveryJob: the page of what is done by itself lists each job that the
// engine has, and none that it has not.
func TestDocsNameEveryJob(t *testing.T) {
	source, err := os.ReadFile("casework/jobs.go")
	if err != nil {
		t.Fatal(err)
	}
	var are, said []string
	for _, m := range regexp.MustCompile(`(?m)^\tjob[A-Z]\w+ += "(\w+)"`).FindAllStringSubmatch(string(source), -1) {
		if m[1] != "cases" { // the timers of cases, which the page names before its table
			are = append(are, m[1])
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(markdown(t)["docs/jobs.md"], -1) {
		said = append(said, m[1])
	}
	slices.Sort(are)
	slices.Sort(said)
	if len(are) < 10 || !slices.Equal(are, said) {
		t.Errorf("the engine has the jobs %v, and docs/jobs.md lists %v", are, said)
	}
}
