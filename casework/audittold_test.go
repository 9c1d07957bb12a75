package casework

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheDocsSayWhatAnAuditHolds: each table is named, as one that is held or as one that
// is not.
func TestTheDocsSayWhatAnAuditHolds(t *testing.T) {
	page, err := os.ReadFile("../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## What an audit holds")
	section, _, _ = strings.Cut(section, "\n## ")
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	there := map[string]bool{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(CREATE|DROP) TABLE (\w+)|^ALTER TABLE (\w+) RENAME TO (\w+)`).FindAllStringSubmatch(string(text), -1) {
			switch {
			case m[1] == "CREATE":
				there[m[2]] = true
			case m[1] == "DROP":
				delete(there, m[2])
			default:
				delete(there, m[3])
				there[m[4]] = true
			}
		}
	}
	for table := range there {
		if !strings.Contains(section, "`"+table+"`") {
			t.Errorf("docs/operate.md does not say whether an audit holds %s", table)
		}
	}
}
