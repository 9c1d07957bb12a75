package main

import (
	"path/filepath"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/attachment/clamd"
	"aiqyn/casework"
	"aiqyn/store"
)

// attachmentsDir is where the files of cases lie beside a database that is a
// file; behind a backup's own name, those that belong to it.
const attachmentsDir = "attachments"

// scanWait is how long a scanner may take for one file.
const scanWait = 2 * time.Minute

// filesBeside is the folder with the files of a database's cases: the one that
// was named, or the one beside it; "" if there can be none.
func filesBeside(url, named string) string {
	if named != "" || store.OnServer(url) {
		return named
	}
	return filepath.Join(filepath.Dir(strings.TrimPrefix(url, "sqlite:")), attachmentsDir)
}

// openFiles opens a folder of files, and makes it; nil if there is none.
func openFiles(dir string) (*attachment.Keeper, error) {
	if dir == "" {
		return nil, nil
	}
	return attachment.Open(dir)
}

// knownFiles opens a folder of files if it is there.
func knownFiles(dir string) (*attachment.Keeper, error) {
	if dir == "" {
		return nil, nil
	}
	if there, err := exists(dir); err != nil || !there {
		return nil, err
	}
	return attachment.Open(dir)
}

// filesOf is where the files lie that belong to a backup.
func filesOf(backup string) string { return backup + "." + attachmentsDir }

// copyFiles copies the files of one folder into another, if there are any.
func copyFiles(from, to string) error {
	files, err := knownFiles(from)
	if err != nil || files == nil || to == "" {
		return err
	}
	return files.Copy(to)
}

// openScanner reaches ClamAV; nil if no address is set.
func openScanner(address string) (casework.Scanner, error) {
	if address == "" {
		return nil, nil
	}
	s, err := clamd.New(address, scanWait)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.serve-scanner", "addr", address).Because(err)
	}
	return s, nil
}
