package attachment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Sweep drops uploads that nobody has gone on with since an instant, and files
// uploaded before it that nothing refers to. Refers returns the files that a case
// refers to, and the case; false, if it is erased or never was.
func (k *Keeper) Sweep(before time.Time, refers func(no int64) (Case, []string, bool, error)) error {
	if err := k.old(incomingDir, before, func(path string, _ int64, _ string) error { return os.RemoveAll(path) }); err != nil {
		return err
	}
	return k.old(freshDir, before, func(path string, no int64, name string) error {
		c, hashes, there, err := refers(no)
		if err != nil {
			return err
		}
		if !there {
			return k.Erase(no)
		}
		used := slices.ContainsFunc(hashes, func(hash string) bool { return c.name(hash) == name })
		if !used {
			if err := os.Remove(filepath.Join(k.folder(no), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return os.Remove(path)
	})
}

// old calls f with what lies in a folder since before an instant.
func (k *Keeper) old(dir string, before time.Time, f func(path string, no int64, rest string) error) error {
	list, err := os.ReadDir(filepath.Join(k.dir, dir))
	if err != nil {
		return err
	}
	for _, entry := range list {
		no, rest, ok := split(entry.Name())
		at, err := touched(filepath.Join(k.dir, dir, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) || !ok {
			continue
		}
		if err == nil && at.Before(before) {
			err = f(filepath.Join(k.dir, dir, entry.Name()), no, rest)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name(), err)
		}
	}
	return nil
}

// touched is when somebody last wrote to an upload, or to a mark.
func touched(path string) (time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, err
	}
	at := info.ModTime()
	if part, err := os.Stat(filepath.Join(path, partFile)); err == nil && part.ModTime().After(at) {
		at = part.ModTime()
	}
	return at, nil
}
