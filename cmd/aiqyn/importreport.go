package main

import (
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"sync"

	"aiqyn"
)

// importReport lists what is wrong, as CSV.
type importReport struct {
	mu    sync.Mutex
	file  *os.File // nil: standard error
	lines *csv.Writer
}

func (f *importFlags) openReport(c *call) (*importReport, error) {
	r := &importReport{lines: csv.NewWriter(c.stderr)}
	if f.report == "" {
		return r, nil
	}
	file, err := os.Create(f.report)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", f.report).Because(err)
	}
	r.file, r.lines = file, csv.NewWriter(file)
	return r, r.lines.Write([]string{c.text("command.import-row"), c.text("command.import-column"), c.text("command.import-what")})
}

func (r *importReport) add(row int, column, what string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.Write([]string{strconv.Itoa(row), column, what})
}

func (r *importReport) close() error {
	r.lines.Flush()
	err := r.lines.Error()
	if r.file != nil {
		err = errors.Join(err, r.file.Close())
	}
	return err
}
