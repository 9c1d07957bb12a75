package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"aiqyn"
)

// writeDurably replaces a file whole: whoever reads it, even after a power
// cut, sees the old content or the new one.
func writeDurably(name string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncFile(filepath.Dir(name))
}

// syncFile asks the disk to keep what a file or folder holds now.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writeAll writes files below a folder, making folders as needed. What it
// writes can be made again from the database, so it is not synced.
func writeAll(dir string, files map[string][]byte) error {
	for name, data := range files {
		if err := writeMaking(filepath.Join(dir, filepath.FromSlash(name)), data); err != nil {
			return err
		}
	}
	return nil
}

// writeMaking writes a file, making its folder if need be.
func writeMaking(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// exists reports whether there is something of that name.
func exists(name string) (bool, error) {
	_, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// readConfig reads a file that an option names; ok is false without one. What is
// wrong in it is the error of the key.
func readConfig[C any](file, wrong string, read func(io.Reader) (C, error)) (c C, ok bool, err error) {
	if file == "" {
		return c, false, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return c, false, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	defer f.Close()
	if c, err = read(f); err != nil {
		return c, false, aiqyn.E(aiqyn.Invalid, wrong, "file", file).Because(err)
	}
	return c, true, nil
}
