package service

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// permit is the file that most mutations are made in.
const permit = "services/tree.permit/service.yaml"

// tinyPack reads the small pack of the tests.
func tinyPack(t testing.TB) []File { return packIn(t, "testdata/tiny") }

func packIn(t testing.TB, dir string) []File {
	t.Helper()
	var files []File
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files = append(files, File{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var tinyOptions = Options{
	Computations: []string{"park.shade@1", "park.light@2"},
	Registers:    []string{"people", "trees"},
}

// change is one replacement in one file of the small pack.
type change struct{ file, old, new string }

// changed returns the small pack with the first occurrence of each old text
// replaced, and the text of the last file changed.
func changed(t testing.TB, changes ...change) (files []File, text string) {
	t.Helper()
	files = tinyPack(t)
	for _, c := range changes {
		found := false
		for i := range files {
			if files[i].Name != c.file {
				continue
			}
			if found = strings.Contains(string(files[i].Data), c.old); !found {
				t.Fatalf("%s does not contain %q", c.file, c.old)
			}
			text = strings.Replace(string(files[i].Data), c.old, c.new, 1)
			files[i].Data = []byte(text)
		}
		if !found {
			t.Fatalf("there is no file %s", c.file)
		}
	}
	return files, text
}

// complaints parses and returns the lines of the error.
func complaints(t testing.TB, files []File) []string {
	t.Helper()
	pack, err := ParsePackWith(files, tinyOptions)
	if err == nil {
		err = pack.Overtaken()
	}
	if err == nil {
		return nil
	}
	var list ParseErrors
	if !errors.As(err, &list) {
		t.Fatalf("the error is %T, want ParseErrors: %v", err, err)
	}
	return strings.Split(err.Error(), "\n")
}

func TestTinyPackIsValid(t *testing.T) {
	p, err := ParsePackWith(tinyPack(t), tinyOptions)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := p.Service("tree.permit")
	if !ok {
		t.Fatal("no service tree.permit")
	}
	if s.Env() == nil || s.Refuse[0].When.Program == nil || s.Fee.Program == nil || s.Outcome.AtProgram == nil {
		t.Error("not every rule is compiled")
	}
	if got := s.Ask[2].Name; got != "wood" {
		t.Errorf("third question is %s: the order of the file is not kept", got)
	}
	if s.Law.Title.EN != "Law on trees" || s.Law.Source != "https://example.kz/A1" {
		t.Errorf("the act lends the law no title or source: %+v", s.Law)
	}
	if w := s.Steps[0].Within[0]; w.Since != SinceOpened {
		t.Errorf("a time limit runs since %q by default", w.Since)
	}
	if order := s.ComputeOrder(); order[0].Name != "shade" || order[1].Name != "light" {
		t.Errorf("computations in order %v", order)
	}
	if _, ok := p.Service("tree.house"); ok {
		t.Error("found a service that is not there")
	}
}

func TestBlankReadsEveryRule(t *testing.T) {
	p, err := ParsePack(tinyPack(t))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := p.Service("tree.permit")
	vars := s.Blank()
	for _, name := range s.Env().Vars() {
		if _, ok := vars[name]; !ok {
			t.Errorf("Blank has no %s", name)
		}
	}
	if yes, err := s.Refuse[0].When.Program.Eval(vars); err != nil || !yes {
		t.Errorf("without an owner: %v, %v", yes, err)
	}
	if fee, err := s.Fee.Program.Value(vars); err != nil || fee != int64(0) {
		t.Errorf("fee %v, %v", fee, err)
	}
}

func TestAllErrorsAreCollected(t *testing.T) {
	files, _ := changed(t,
		change{permit, "kind: right", "kind: wrong"},
		change{permit, "body: park", "body: forest"},
		change{"certificates.yaml", "reads: trees", "reads: bushes"},
		change{"pack.yaml", `"711110000"`, `"7111"`})
	got := complaints(t, files)
	want := []string{
		`certificates.yaml:2: register "bushes" is not among the registers of the pack`,
		`pack.yaml:16: region code "7111": want nine digits`,
		`services/tree.permit/service.yaml:2: "wrong": want one of fact, right, share`,
		`services/tree.permit/service.yaml:6: body "forest" is not among the bodies of the pack: add it to pack.yaml, under bodies`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFilesOfAPack(t *testing.T) {
	tests := []struct {
		name   string
		mutate func([]File) []File
		want   string
	}{
		{"no pack.yaml", func(f []File) []File { return without(f, "pack.yaml") }, "pack.yaml:1: the file is missing"},
		{"no stories", func(f []File) []File { return without(f, "services/tree.permit/cases.txtar") },
			permit + ":1: the service has no stories: cases.txtar is missing"},
		{"stories of no service", func(f []File) []File {
			return append(f, File{"services/bush/cases.txtar", []byte("-- a --\n")})
		}, "services/bush/cases.txtar:1: there is no service.yaml in bush"},
		{"stray file", func(f []File) []File { return append(f, File{"services/notes.md", nil}) },
			"services/notes.md:1: no such file belongs to a pack"},
		{"too large", func(f []File) []File {
			return append(without(f, "certificates.yaml"), File{"certificates.yaml", make([]byte, maxFile+1)})
		}, "certificates.yaml:1: the file is larger than 256 KiB"},
		{"empty", func(f []File) []File {
			return append(without(f, "certificates.yaml"), File{"certificates.yaml", nil})
		}, "certificates.yaml:1: the file is empty"},
		{"broken calendar", func(f []File) []File {
			return append(f, File{"calendars/b.yaml", []byte("calendar: b\nnonsense: 1\n")})
		}, "calendars/b.yaml:2: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := complaints(t, tt.mutate(tinyPack(t)))
			if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func without(files []File, name string) []File {
	var rest []File
	for _, f := range files {
		if f.Name != name {
			rest = append(rest, f)
		}
	}
	return rest
}

func TestNamesMayHaveAFolderBeforeThem(t *testing.T) {
	files := tinyPack(t)
	for i := range files {
		files[i].Name = "packs/tiny/" + files[i].Name
	}
	if got := complaints(t, files); got != nil {
		t.Error(got)
	}
}
