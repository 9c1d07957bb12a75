package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/service"
)

const lintUsage = `usage: aiqyn lint PACK|SERVICE… [--json]
       aiqyn lint --schema

Checks a pack, or a service within its pack: unknown keys, missing translations,
reasons without a law, steps that cannot be reached, questions that a register
answers, computations and registers that this program does not have. Every
problem is named with its file and line.

For each service it counts what is asked of a person: questions, documents,
look-ups done instead, approvals, visits, and the longest it may take.

  --schema prints the JSON Schema of a service file, for editors.
`

func lintCommand(c *call) error {
	asJSON := c.flags.Bool("json", false, "print JSON")
	schema := c.flags.Bool("schema", false, "print the JSON Schema of a service file")
	paths, err := c.words(0, -1)
	if err != nil {
		return err
	}
	if *schema {
		_, err := c.stdout.Write(service.Schema())
		return err
	}
	if len(paths) == 0 {
		return c.error("error.command-words", "command", c.name, "n", 0)
	}
	var out report
	for _, path := range paths {
		if err := c.lint(path, &out, *asJSON); err != nil {
			return err
		}
	}
	return c.give(out, *asJSON)
}

// lint checks the pack that a path is or lies in, and reports what concerns
// the path.
func (c *call) lint(path string, out *report, quiet bool) error {
	root, err := packOf(path)
	if err != nil {
		return err
	}
	files, err := readPack(root)
	if err != nil {
		return err
	}
	within := path
	if filepath.Clean(path) == filepath.Clean(root) {
		within = root
	}
	pack, err := parsePack(files)
	if err == nil {
		err = pack.Overtaken()
	}
	var wrong service.ParseErrors
	if errors.As(err, &wrong) {
		for _, p := range wrong {
			if under(p.File, within) || under(within, p.File) {
				out.add(fmt.Sprintf("%s:%d", p.File, p.Line), p.Message)
			}
		}
		out.Checked++
		return nil
	}
	if err != nil {
		return err
	}
	for _, s := range pack.Services {
		if !under(filepath.Join(root, "services", string(s.ID)), within) && !under(within, filepath.Join(root, "services", string(s.ID))) {
			continue
		}
		out.Checked++
		if !quiet {
			c.burden(s)
		}
	}
	return nil
}

// burden prints what a service asks of people.
func (c *call) burden(s *service.Service) {
	b := service.Burden(s)
	fmt.Fprintf(c.stdout, "%s: %s\n", s.ID, s.Title.In(c.lang))
	for _, line := range []struct {
		key string
		n   int
	}{
		{"burden.questions", b.QuestionsMax}, {"burden.documents", b.Documents}, {"burden.look-ups", b.LookUps},
		{"burden.visits", b.Visits}, {"burden.answers", b.Answers}, {"burden.approvals", b.Approvals},
		{"burden.working-days", b.WorkingDays}, {"burden.calendar-days", b.CalendarDays}, {"burden.pause", b.Pause},
	} {
		if line.n > 0 || line.key == "burden.documents" || line.key == "burden.visits" {
			fmt.Fprintf(c.stdout, "  %s\n", c.text(line.key, "n", line.n))
		}
	}
	fmt.Fprintf(c.stdout, "  %s\n", s.Hash())
}

// under reports whether a path is a folder or lies in it.
func under(path, folder string) bool {
	path, folder = filepath.Clean(path), filepath.Clean(folder)
	return path == folder || strings.HasPrefix(path, folder+string(filepath.Separator))
}

// packOf finds the folder with pack.yaml that a path is or lies in.
func packOf(path string) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", aiqyn.E(aiqyn.Invalid, "error.command-file", "file", path).Because(err)
	}
	for dir, above := filepath.Clean(path), 0; above < 4; dir, above = filepath.Join(dir, ".."), above+1 {
		there, err := exists(filepath.Join(dir, "pack.yaml"))
		if there {
			return dir, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && above > 0 {
			break
		}
	}
	return "", aiqyn.E(aiqyn.Invalid, "error.lint-no-pack", "path", path)
}

// readPack reads the files of a pack from a folder.
func readPack(dir string) ([]service.File, error) {
	var files []service.File
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files = append(files, service.File{Name: filepath.ToSlash(name), Data: data})
		return err
	})
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", dir).Because(err)
	}
	return files, nil
}
