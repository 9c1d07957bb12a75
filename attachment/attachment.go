// Package attachment keeps files that belong to cases: photographs of a survey,
// plans. Each lies below one folder beside the database, encrypted under a key of
// its case, under a name that only that key can make from its content. So a file
// is kept once within a case, two cases that hold the same file have nothing in
// common on the disk, and the erasure of a case's key erases its files at once,
// copies of them in old backups with them.
//
// A file looks like this:
//
//	magic, case, salt     8 + 8 + 16 bytes
//	chunk 0 … chunk n−1   each nonce, up to 64 KiB of the file, tag
//	notes                 nonce, what was found out about the file, tag
//	length of the notes   4 bytes
//
// Chunks are sealed with AES-256-GCM under a key derived from the case's and the
// salt. A chunk is bound to the header, to its place and to whether it is the
// last, so that none can be exchanged, moved or cut off (the STREAM construction
// of Hoang, Reyhanitabar, Rogaway and Vizár). Nonces are random and not counters:
// what an interrupted upload sends again may differ from what it sent before.
// Nothing is read that does not authenticate, and memory stays the same however
// large a file is.
package attachment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"aiqyn"
)

// Case is whose files are meant: a case's number, and the key that is derived
// from the case's own for its files.
type Case struct {
	No  int64
	Key [32]byte
}

// derive makes a key of the case for one purpose.
func (c Case) derive(purpose string, more ...[]byte) (out [32]byte) {
	m := hmac.New(sha256.New, c.Key[:])
	m.Write([]byte(purpose))
	for _, b := range more {
		m.Write([]byte{0})
		m.Write(b)
	}
	m.Sum(out[:0])
	return out
}

// Keeper keeps the files of all cases below one folder. It is safe for
// concurrent use, and several processes may share the folder.
type Keeper struct {
	dir string

	mu   sync.Mutex
	busy map[string]*holding // uploads that somebody writes to, by their ids
}

// Folders of a keeper.
const (
	casesDir    = "cases"    // what is kept, by case
	incomingDir = "incoming" // what is being uploaded
	freshDir    = "fresh"    // names of what was uploaded and may not be used yet
)

// Open opens the folder of a keeper and makes it if there is none.
func Open(dir string) (*Keeper, error) {
	for _, name := range []string{casesDir, incomingDir, freshDir} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(err)
		}
	}
	return &Keeper{dir: dir, busy: make(map[string]*holding)}, nil
}

// folder is where the files of a case lie: a thousand cases to a folder, for a
// folder of a million names is slow on many file systems.
func (k *Keeper) folder(no int64) string {
	return filepath.Join(k.dir, casesDir, fmt.Sprintf("%06d", no/1000), strconv.FormatInt(no, 10))
}

// name is what a file of the case is called: nobody without the key can tell
// whether two cases hold the same file, or whether one holds a file they have.
func (c Case) name(hash string) string {
	mac := c.derive("aiqyn/attachment/name", []byte(hash))
	return hex.EncodeToString(mac[:])
}

func (k *Keeper) path(c Case, hash string) string { return filepath.Join(k.folder(c.No), c.name(hash)) }

// Open opens a file of a case by the hash of its content, "sha256:…". The kind
// of the error is NotFound if the case has none, Internal if it is damaged.
func (k *Keeper) Open(c Case, hash string) (*File, error) {
	f, err := os.Open(k.path(c, hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.attachment-missing").Because(err)
	}
	if err != nil {
		return nil, aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(err)
	}
	file, err := openFile(c, f)
	if err == nil && file.notes.Hash != hash {
		err = damaged(fmt.Errorf("file %s holds %s", c.name(hash), file.notes.Hash))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return file, nil
}

// Check reads a file of a case from its first byte to its last and holds it
// against its hash.
func (k *Keeper) Check(c Case, hash string) error {
	f, err := k.Open(c, hash)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hashText(sum.Sum(nil)); got != hash {
		return damaged(fmt.Errorf("its content is %s", got))
	}
	return nil
}

// Has reports whether the case has a file.
func (k *Keeper) Has(c Case, hash string) bool {
	_, err := os.Stat(k.path(c, hash))
	return err == nil
}

// Erase removes every file of a case, and what is still being uploaded to it.
// The key is gone by then: this frees the disk.
func (k *Keeper) Erase(no int64) error {
	folder := k.folder(no)
	if err := os.RemoveAll(folder); err != nil {
		return aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(err)
	}
	for _, dir := range []string{incomingDir, freshDir} {
		names, err := k.namesOf(dir, no)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(k.dir, dir, name)); err != nil {
				return aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(err)
			}
		}
	}
	return syncDir(filepath.Dir(folder))
}

// namesOf lists what is in a folder about one case.
func (k *Keeper) namesOf(dir string, no int64) ([]string, error) {
	list, err := os.ReadDir(filepath.Join(k.dir, dir))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(err)
	}
	var names []string
	for _, entry := range list {
		if of, _, ok := split(entry.Name()); ok && of == no {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// join and split are how a name says what case it is about.
func join(no int64, rest string) string { return strconv.FormatInt(no, 10) + "-" + rest }

func split(name string) (no int64, rest string, ok bool) {
	of, rest, ok := strings.Cut(name, "-")
	no, err := strconv.ParseInt(of, 10, 64)
	return no, rest, ok && err == nil
}

// Cases calls f with the number of each case that has files, and with how many.
func (k *Keeper) Cases(f func(no int64, files int) error) error {
	groups, err := os.ReadDir(filepath.Join(k.dir, casesDir))
	if err != nil {
		return err
	}
	for _, group := range groups {
		folders, err := os.ReadDir(filepath.Join(k.dir, casesDir, group.Name()))
		if err != nil {
			return err
		}
		for _, folder := range folders {
			no, err := strconv.ParseInt(folder.Name(), 10, 64)
			if err != nil {
				continue
			}
			files, err := os.ReadDir(k.folder(no))
			if errors.Is(err, fs.ErrNotExist) {
				continue // erased since the folder was read
			}
			if err != nil {
				return err
			}
			if err := f(no, len(files)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Copy copies every file that is kept into the folder of another keeper, sealed
// as it is. Files never change: what is there already is not copied again.
func (k *Keeper) Copy(to string) error {
	target, err := Open(to)
	if err != nil {
		return err
	}
	return k.Cases(func(no int64, _ int) error {
		files, err := os.ReadDir(k.folder(no))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := makeFolder(target.folder(no)); err != nil {
			return err
		}
		for _, file := range files {
			from, into := filepath.Join(k.folder(no), file.Name()), filepath.Join(target.folder(no), file.Name())
			if err := copyFile(from, into); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return syncDir(target.folder(no))
	})
}

// copyFile copies a file under another name first: what has its name is whole.
func copyFile(from, into string) error {
	if _, err := os.Stat(into); err == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(into+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		os.Remove(into + ".new")
		return err
	}
	return os.Rename(into+".new", into)
}

// makeFolder makes a folder of a case so that it is there after a power cut.
func makeFolder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(filepath.Dir(path))), syncDir(filepath.Dir(path)))
}

// syncDir puts the names in a folder on the disk.
func syncDir(path string) error {
	d, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func hashText(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }

// damaged says that a file is not what was kept.
func damaged(cause error) error {
	return aiqyn.E(aiqyn.Internal, "error.attachment-damaged").Because(cause)
}
