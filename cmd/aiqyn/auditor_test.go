package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var commandBlock = regexp.MustCompile(`(?m)(?:^    .+\n)+`)

// auditorsPage makes a story of the commands of "check us in ten minutes", in
// their order: whoever follows the page sees what it says, and then alters a
// receipt and sees that, too. The demonstration is one that was made before.
func auditorsPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	story := []string{"# Every command of docs/verify.md", "exec cp -r $DOCS docs", "exec cp -r $DEMO try"}
	commands := 0
	for _, block := range commandBlock.FindAllString(string(page), -1) {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " # ")
			if story = append(story, storyOf(strings.TrimSpace(line))...); isCommand(line) {
				commands++
			}
		}
	}
	if commands < 10 {
		t.Errorf("docs/verify.md has only %d commands", commands)
	}
	story = append(story,
		"exec sed -i s/energy.connection/energy.connectiom/ try/receipts/granted-01-filed.json",
		"exits 1 aiqyn verify try/receipts/granted-01-filed.json --key try/verifier.key --policy try/policy",
		"[exec:python3] ! exec python3 docs/check.py try/receipts/granted-01-filed.json try/verifier.key")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "check-us.txtar"), []byte(strings.Join(story, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func isCommand(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return word == "go" || word == "python3" || word == "mkdir" || word == "mv" || word == "rm"
}

// storyOf is how a story runs a command of the page; what is no command is not
// run.
func storyOf(line string) []string {
	program, ours := strings.CutPrefix(line, "go run ./cmd/aiqyn ")
	switch {
	case ours && strings.HasPrefix(program, "demo "):
		return []string{"start " + strings.Replace(program, "--dir try", "--dir $WORK/try --listen 127.0.0.1:0", 1), "shut"}
	case ours && strings.Contains(program, "--listen"):
		program = strings.NewReplacer("127.0.0.1:8081", "127.0.0.1:0", "--key witness.key", "--key $WORK/witness.key", `"$(cat try/verifier.key)"`, "$VKEY").Replace(program)
		return []string{"exec cat try/verifier.key", "keep VKEY", "start " + program, "shut"}
	case ours:
		return []string{"exec sh -c 'aiqyn " + program + "'"}
	case strings.HasPrefix(line, "python3 "):
		return []string{"[exec:python3] exec " + line}
	case isCommand(line):
		return []string{"exec sh -c '" + line + "'"}
	}
	return nil
}
