package aiqyn_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const hourPage = "docs/a-service-in-an-hour.md"

var (
	fenced     = regexp.MustCompile("(?ms)^```[a-z]+ (\\S+)\n(.*?)^```$")
	lintRow    = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|$")
	anyQuoted  = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	blankLines = regexp.MustCompile(`\n\n+`)
)

// TestTheHourIsWhatIsShipped: whoever follows the page to the letter has the
// service that ships. All of its file is there, and every story shown is one of
// its stories.
func TestTheHourIsWhatIsShipped(t *testing.T) {
	page, err := os.ReadFile(hourPage)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string][]string{}
	for _, m := range fenced.FindAllStringSubmatch(string(page), -1) {
		written[m[1]] = append(written[m[1]], m[2])
	}
	read := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return blankLines.ReplaceAllString(string(data), "\n")
	}
	folder := "packs/kz/services/water.connection/"
	if got, want := blankLines.ReplaceAllString(strings.Join(written["service.yaml"], "\n"), "\n"), read(folder+"service.yaml"); got != want {
		t.Errorf("%s does not write the service that ships", hourPage)
	}
	for name, file := range map[string]string{"cases.txtar": folder + "cases.txtar", "pack.yaml": "packs/kz/pack.yaml"} {
		if len(written[name]) < 2 {
			t.Errorf("%s shows nothing of %s", hourPage, name)
		}
		for _, part := range written[name] {
			if !strings.Contains(read(file), blankLines.ReplaceAllString(part, "\n")) {
				t.Errorf("%s shows what %s does not have:\n%s", hourPage, file, part)
			}
		}
	}
}

// TestTheHourExplainsRealErrors: what the page says that lint says, it says.
func TestTheHourExplainsRealErrors(t *testing.T) {
	page, err := os.ReadFile(hourPage)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n## What lint says\n")
	table, _, _ = strings.Cut(table, "\n## ")
	var sources [][]byte
	files, err := filepath.Glob("service/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, data)
	}
	rows := lintRow.FindAllStringSubmatch(table, -1)
	if len(rows) < 12 {
		t.Errorf("only %d errors are explained", len(rows))
	}
	for _, row := range rows {
		if strings.HasPrefix(row[1], "rule: ") {
			continue // the words of the language of rules, not ours
		}
		for part := range strings.SplitSeq(anyQuoted.ReplaceAllString(row[1], "…"), "…") {
			part = strings.TrimSpace(part)
			if part != "" && !slices.ContainsFunc(sources, func(s []byte) bool { return bytes.Contains(s, []byte(part)) }) {
				t.Errorf("lint never says %q", part)
			}
		}
	}
}
